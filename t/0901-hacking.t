#!/bin/bash
# A new layout needs no line of C: the one that HACKING shows is built here from its own text, read, and written again.
# (Those of crossdock-map(5) are in t/0900-manual.t.)

. "${0%/*}/tap.sh"

# section: what HACKING says of it
section() {
    sed -n '/^A new layout, start to end, without C$/,/^Tests$/p' "$CROSSDOCK_SOURCE/HACKING"
}

mkdir -p build maps/polar
ln -s "$CROSSDOCK_BUILD/run" build/run
section | sed -n '/^  map: /,/^$/s/^  //p' > maps/polar/shipped.yaml
is "$(head -1 maps/polar/shipped.yaml)" 'map: polar/shipped' 'HACKING has a map'
heading=$(section | sed -nE 's/.*sends shipped\.csv, "([^"]*)".*/\1/p')
like "$heading" ';' '... and the first line of a file'
printf '%s\n' "$heading" 'S-1;20.11.2026;WID-1;24' 'S-1;20.11.2026;WID-2;100.5' 'S-2;21.11.2026;"WID;3";6' > shipped.csv
section | sed -nE 's/^  (build\/run .*[^ ])    +[a-z ?]+$/\1/p' > commands
is "$(grep -c . commands)" 2 '... and two commands'
bash -e commands 2> err
ok $? 'the file is read as it says, and written again as it was' || diag_file err
is "$(wc -l < records)" 2 '... two shipments'
like "$(head -1 records)" '"shipment_id":"S-1","ship_date":"2026-11-20","lines":\[\{"shipped_quantity":"24","uom":"EA","seller_item_id":"WID-1"\}' \
    '... with what the file says'
sed '2s/;24$/;24 pcs/' shipped.csv > broken.csv
run build/run erp2canon --in -p polar -m polar/shipped broken.csv
status_is 1 'what is broken is told'
err_like '^M3004 error broken.csv:2:22 polar shipment_id S-1' '... where'
err_like 'column Pieces: .* "24 pcs"' '... by its column'
is "$(wc -l < out)" 1 '... and the other one goes on'

done_testing
