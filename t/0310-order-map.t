#!/bin/bash
# The purchase orders among the samples become the records in t/0310-order-map, and nothing of them is left unread.

. "${0%/*}/tap.sh"
# shellcheck source=t/records.sh
. "$CROSSDOCK_SOURCE/t/records.sh"

records_of 0310-order-map 850

# What a map cannot read is kept when asked for, with its place.
sed '0,/^PO4/s/^PO4.*/&\nSPI*00*DP*042~/; s/^SE\*21/SE*22/' "$CROSSDOCK_SOURCE/samples/x12/850-acme-typical.edi" > spi.edi
run edi2canon --unmapped=keep spi.edi
status_is 0 'a segment without a line: taken all the same'
out_like '"extra":\[\{"at":"PO1[^"]*/SPI"[^}]*"tag":"SPI","elements":\["00","DP","042"\]' 'and kept whole'
run edi2canon --unmapped=error spi.edi
status_is 1 'refused where that is wanted'
out_is '' 'without a record'

done_testing
