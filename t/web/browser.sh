# shellcheck shell=bash
# A real browser, headless, for the tests of pages: it is spoken to through its debugging pipe (a message of JSON
# a NUL byte), so nothing but Chromium and jq is needed.
#
#   browser_start WIDTH HEIGHT    a window; false: there is no browser
#   browser_open FILE             and waits until it is loaded
#   browser_tell EXPRESSION       what the page's JavaScript says of it, as text
#   browser_size WIDTH HEIGHT     of the window, of a telephone, say
#   browser_picture FILE.png      all of the page
#   browser_stop

browser_pid=
browser_session=
browser_message=0

browser_find() {
    command -v chromium || command -v chromium-browser
}

# METHOD [PARAMETERS]: the answer's result in $browser_answer
browser_call() {
    local method=$1 parameters=${2:-'{}'} line

    browser_message=$((browser_message + 1))
    jq -cn --argjson id "$browser_message" --arg method "$method" --argjson parameters "$parameters" \
        --arg session "$browser_session" \
        '{id: $id, method: $method, params: $parameters} + if $session == "" then {} else {sessionId: $session} end' |
        tr -d '\n' >&7
    printf '\0' >&7
    while IFS= read -r -t 60 -d '' line <&8; do
        if [ "$(jq -r '.id // 0' <<< "$line")" = "$browser_message" ]; then
            browser_answer=$(jq -c '.result // error(.error.message)' <<< "$line") || return 1
            return 0
        fi
    done
    return 1
}

browser_start() {
    local chromium target

    chromium=$(browser_find) || return 1
    mkfifo browser.in browser.out
    "$chromium" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --remote-debugging-pipe \
        --user-data-dir="$PWD/browser.profile" about:blank 3< browser.in 4> browser.out > browser.log 2>&1 &
    browser_pid=$!
    exec 7> browser.in 8< browser.out
    browser_call Target.createTarget '{"url": "about:blank"}' || return 1
    target=$(jq -r .targetId <<< "$browser_answer")
    browser_call Target.attachToTarget "{\"targetId\": \"$target\", \"flatten\": true}" || return 1
    browser_session=$(jq -r .sessionId <<< "$browser_answer")
    browser_size "$@"
}

browser_size() {
    browser_call Emulation.setDeviceMetricsOverride \
        "{\"width\": $1, \"height\": $2, \"deviceScaleFactor\": 1, \"mobile\": $([ "$1" -lt 700 ] && echo true || echo false)}"
}

browser_open() {
    local n

    browser_call Page.navigate "$(jq -cn --arg url "file://$PWD/$1" '{url: $url}')" || return 1
    for n in $(seq 100); do
        if [ "$(browser_tell 'location.protocol + document.readyState')" = file:complete ]; then
            return 0
        fi
        sleep 0.1
    done
    echo "not loaded after $n looks" >&2
    return 1
}

browser_tell() {
    browser_call Runtime.evaluate "$(jq -cn --arg text "$1" '{expression: $text, returnByValue: true}')" || return 1
    jq -r 'if .exceptionDetails then "threw: \(.exceptionDetails.exception.description)" else .result.value end' \
        <<< "$browser_answer"
}

browser_picture() {
    browser_call Page.captureScreenshot '{"captureBeyondViewport": true}' || return 1
    jq -r .data <<< "$browser_answer" | base64 -d > "$1"
}

browser_stop() {
    exec 7>&- 8<&-
    kill "$browser_pid" 2> /dev/null
    wait "$browser_pid" 2> /dev/null
    rm -rf browser.in browser.out browser.profile
}
