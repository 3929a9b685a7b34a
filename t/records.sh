# shellcheck shell=bash
# What the tests of the X12 maps share; sourced after tap.sh.
#
#   records_of FOLDER SET...   the samples of these sets become the records in t/FOLDER/NAME.jsonl, and nothing of
#                              them is left unread. Records are without their id and source, which tell of bytes
#                              and not of the map. BLESS=1 writes them anew.

case " $CROSSDOCK_TOOLS " in
*" edi2canon "*) ;;
*) skip_all 'edi2canon is not built' ;;
esac

without_origin() {
    sed -E 's/"id":"[0-9a-f]{32}",//; s/"source":\{[^}]*\},//'
}

records_of() {
    local folder=$CROSSDOCK_SOURCE/t/$1 set file name want

    shift
    for set in "$@"; do
        for file in "$CROSSDOCK_SOURCE/samples/x12/$set"-*.edi; do
            name=$(basename "$file" .edi)
            want=0
            [ "${name%-one-bad}" = "$name" ] || want=1
            run edi2canon --unmapped=warn "$file"
            status_is $want "$name: ends with $want"
            without_origin < out > records
            same records "$folder/$name.jsonl" "$name: the records"
            grep -F 'no map line reads this' err > unread
            none unread "$name: all of it is read"
        done
    done
}
