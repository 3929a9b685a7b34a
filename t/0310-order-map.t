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

# A qualifier at the end of a segment, with nothing behind it, where a partner may send that: it has no value, and
# surely not that of a line before it.
mkdir -p lax/partners
printf 'partner: lax\nids: [{isa: "ZZ:LAX"}]\nrules: {S2301: warn}\n' > lax/partners/lax.yaml
{
    printf 'ISA*00*          *00*          *ZZ*SENDER         *ZZ*CROSSDOCK      *261120*1201*U*00401*000000101*0*P*:~\n'
    printf 'GS*PO*SENDERAPP*CROSS*20261120*1201*101*X*004010~\nST*850*0001~\nBEG*00*SA*PO-1**20261120~\n'
    printf 'PO1*1*1*EA*1.00**VP*X-1*ZZ*ITS-OWN~\nPO1*2*1*EA*1.00**VP*X-2*ZZ~\nCTT*2~\nSE*6*0001~\nGE*1*101~\n'
    printf 'IEA*1*000000101~\n'
} > lone.edi
run edi2canon -C lax -p lax lone.edi
status_is 0 'a qualifier without a value'
is "$(grep -o 'ITS-OWN' out | wc -l)" 1 '... does not take one from another line'
out_like '"item_ids":\[\{"type_code":"ZZ"\}\]' '... and stays'

# A retail price in a currency of its own; and one that is none, whose currency goes to the list with it.
{
    printf 'ISA*00*          *00*          *ZZ*SENDER         *ZZ*CROSSDOCK      *261120*1201*U*00401*000000101*0*P*:~\n'
    printf 'GS*PO*SENDERAPP*CROSS*20261120*1201*101*X*004010~\nST*850*0001~\nBEG*00*SA*PO-1**20261120~\n'
    printf 'PO1*1*1*EA*1.00**VP*X-1~\nCTP**RTL*29.99~\nCUR*BY*CAD*1.3500~\nCTP**RES*19.99~\nCUR*SE*MXN~\n'
    printf 'PO1*2*1*EA*1.00**VP*X-2~\nCTP**RTL~\nCUR*BY*CAD~\nPO1*3*1*EA*1.00**VP*X-3~\nCTP**RTL*5~\n'
    printf 'CTT*3~\nSE*14*0001~\nGE*1*101~\nIEA*1*000000101~\n'
} > retail.edi
run edi2canon --unmapped=error retail.edi
status_is 0 'CUR behind a retail price is read'
out_like '"retail_price":"29.99","retail_currency":"CAD","retail_currency_role_code":"BY"' '... beside the price'
out_like '"prices":\[\{"type_code":"RES","price":"19.99","currency":"MXN"' '... and is no other price'\''s'
out_like '"prices":\[\{"type_code":"RTL","currency":"CAD","currency_role_code":"BY"\}\]' 'RTL without a price is whole'
run map-check --laws retail.edi
status_is 0 'and all of it comes back'

done_testing
