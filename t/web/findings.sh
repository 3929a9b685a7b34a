# shellcheck shell=bash
# A ledger in which a few things do not agree, for the tests of the report's page.

# record KIND DIRECTION BODY: a line for canon-ledger post --loose
findings_record() {
    printf '{"canon":1,"kind":"%s","id":"%s","partner":"%s","direction":"%s","source":{"format":"x12","test":false,"map":"m"},%s}\n' \
        "$1" "$(printf '%s' "$*" | sha256sum | cut -c -32)" "$partner" "$2" "$3"
}

# findings_order NUMBER PROMISED: ten were ordered
findings_order() {
    local line

    line='"line_number":"1","uom":"EA","unit_price":"2.50","buyer_item_id":"A-1"'
    findings_record order in "\"order_number\":\"$1\",\"purpose_code\":\"original\",\"order_type_code\":\"SA\",\"order_date\":\"2020-03-02\",\"currency\":\"USD\",\"lines\":[{$line,\"quantity\":\"10\"}],\"line_count\":1"
    findings_record order_ack out "\"order_number\":\"$1\",\"ack_type_code\":\"AD\",\"order_date\":\"2020-03-02\",\"ack_date\":\"2020-03-02\",\"lines\":[{$line,\"quantity\":\"$2\",\"acks\":[{\"line_status_code\":\"IQ\",\"ack_quantity\":\"$2\",\"ack_uom\":\"EA\"}]}],\"line_count\":1"
}

# Into the ledger $CROSSDOCK_LEDGER. The last order's number would be a formula, and markup.
findings_post() {
    local partner

    canon-ledger create
    {
        partner=acme
        findings_order PO-clean 10
        findings_order PO-9 9
        findings_order PO-10 2
        findings_order PO-200 5
        partner=globex
        findings_order PO-7 8
        findings_order '=1+1<script>alert(1)<\/script>' 1
    } | canon-ledger post --loose > post.out
}
