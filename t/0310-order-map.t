#!/bin/bash
# The purchase orders among the samples become these records, and nothing of them is left unread.
#
# Expectations are t/0310-order-map/NAME.jsonl: records without their id and source, which tell of bytes and not of
# the map. BLESS=1 writes them anew.

. "${0%/*}/tap.sh"

case " $CROSSDOCK_TOOLS " in
*" edi2canon "*) ;;
*) skip_all 'edi2canon is not built' ;;
esac

without_origin() {
    sed -E 's/"id":"[0-9a-f]{32}",//; s/"source":\{[^}]*\},//'
}

for file in "$CROSSDOCK_SOURCE"/samples/x12/850-*.edi; do
    name=$(basename "$file" .edi)
    want=0
    [ "$name" != 850-acme-one-bad ] || want=1
    run edi2canon --unmapped=warn "$file"
    status_is $want "$name: ends with $want"
    without_origin < out > records
    same records "$CROSSDOCK_SOURCE/t/0310-order-map/$name.jsonl" "$name: the records"
    grep -F 'no map line reads this' err > unread
    none unread "$name: all of it is read"
done

# What a map cannot read is kept when asked for, with its place.
sed '0,/^PO4/s/^PO4.*/&\nSPI*00*DP*042~/; s/^SE\*21/SE*22/' "$CROSSDOCK_SOURCE/samples/x12/850-acme-typical.edi" > spi.edi
run edi2canon --unmapped=keep spi.edi
status_is 0 'a segment without a line: taken all the same'
out_like '"extra":\[\{"at":"PO1[^"]*/SPI"[^}]*"tag":"SPI","elements":\["00","DP","042"\]' 'and kept whole'
run edi2canon --unmapped=error spi.edi
status_is 1 'refused where that is wanted'
out_is '' 'without a record'

done_testing
