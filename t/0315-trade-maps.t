#!/bin/bash
# Invoices, what is said of them, the documents of a warehouse and a carrier's status among the samples become the records in
# t/0315-trade-maps.

. "${0%/*}/tap.sh"
# shellcheck source=t/records.sh
. "$CROSSDOCK_SOURCE/t/records.sh"

records_of 0315-trade-maps 810 824 940 943 944 945 846 947 214

samples=$CROSSDOCK_SOURCE/samples/x12

# Totals are compared by decimals, not by text.
sed 's/^W76\*6~/W76*6.00~/' "$samples/940-polar-plain.edi" > same.edi
run edi2canon -q "$samples/940-polar-plain.edi" same.edi
quiet 'a total of 6.00 is 6'
sed 's/^W76\*6~/W76*7~/' "$samples/940-polar-plain.edi" > other.edi
run edi2canon other.edi
err_like '^S2404 warn' 'a total that is not the sum of the lines: told'

# The first event of a status is the record's, what comes with it is beside it.
run edi2canon -q "$samples/214-ntrx.edi"
out_like '"status_code":"X1",.*"events":\[\{"status_code":"D1"' 'two events of one stop'
out_like '"keys":\{[^}]*"bill_of_lading":\["BOL-4410"\]' 'a bill of lading below LX is a key'

# Implied decimals of SAC05 and TDS are decimals in the record.
run edi2canon -q "$samples/810-tundra.edi"
out_like '"code":"C310","amount":"10.00"' 'SAC05 1000 is 10.00'
out_like '"total_amount":"699.00"' 'TDS01 69900 is 699.00'

done_testing
