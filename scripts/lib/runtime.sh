# shellcheck shell=bash
# Reading and changing a runtime's runtime.json. Sourced after common.sh, never run.

# json_string FILE NAME: a string of a runtime.json that we wrote (one field a line); the first of that name.
json_string() { sed -n "s/^ *\"$2\": \"\(.*\)\",\{0,1\}\$/\1/p" "$1" 2>/dev/null | head -n 1; }

# change_manifest RUNTIME CODE ARGUMENT…: PHP code that changes $json; $argv[1] is the runtime, the arguments follow. One
# change at a time: a build of the guest half and one of an extension may run beside each other.
change_manifest() {
    local runtime=$1 code=$2 fresh lock
    shift 2
    exec {lock}<"$runtime"
    flock "$lock"
    fresh=$(mktemp "$runtime/.runtime.json.XXXXXX")
    # shellcheck disable=SC2016  # PHP code
    "$runtime/bin/php" -n -r '
        $json = json_decode(file_get_contents($argv[1] . "/runtime.json"), true, 16, JSON_THROW_ON_ERROR);
        '"$code"'
        ksort($json["extensions"]);
        $json["extensions"] = (object) $json["extensions"];
        echo json_encode($json, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";' "$runtime" "$@" >"$fresh"
    if cmp -s -- "$fresh" "$runtime/runtime.json"; then
        rm -f -- "$fresh"
    else
        chmod 0644 "$fresh"
        mv -f -- "$fresh" "$runtime/runtime.json"
    fi
    exec {lock}<&-
}
