# What a reader has that a test has not: a terminal for passwords and for what runs until Ctrl-C, an ECG in ecg.json,
# systemd, a host named ecg.example. Commands are run as they stand in the page.
set -euo pipefail
export LC_ALL=C.UTF-8 ECG_LOG_FORMAT=console ECG_LOG_REQUESTS=0 ECG_PASSWORD="$PASSWORD"
export HOME="$PWD/home" PAGER=cat
ip link set lo up
mount -t tmpfs none /run # where servers write the numbers of their processes
[[ ! -d /var/lib/nginx ]] || mount -t tmpfs none /var/lib/nginx # where it keeps bodies, and gives the folders to its workers

echo '{"leads": [{"name": "II", "signal": [3, -1, 0, -2, 5]}], "sampling_rate": 500}' > ecg.json

serving=
started() { # ADDRESS
    local tries
    for ((tries = 0; tries < 400; tries++)); do
        command curl --silent --insecure --max-time 1 "$1/health/live" > /dev/null && return
        kill -0 "$serving" || break
        sleep 0.05
    done
    cat serve.log
    return 1
}

ecg() {
    case "${1-} ${2-} $*" in
        "serve "*)
            local scheme=http port=8000 words=" $* "
            [[ -z ${ECG_TLS_CERT-} ]] || scheme=https
            [[ $words != *" --port "* ]] || { port=${words#* --port } && port=${port%% *}; }
            command ecg "$@" > serve.log 2>&1 &
            serving=$!
            started "$scheme://127.0.0.1:$port"
            ;;
        *"--password-file"*) command ecg "$@" ;;
        "users add"* | "users reset-password"*) command ecg "$@" --password-file "$HOME/password" ;;
        *) command ecg "$@" ;;
    esac
}

curl() {
    local given=() word
    for word; do
        [[ ${given[*]: -1} != "-u" || $word == *:* ]] || word=$word:$PASSWORD
        given+=("${word/#https:\/\/ecg.example\//http://localhost:8000/}")
    done
    command curl --silent --fail-with-body "${given[@]}"
}

systemctl() { # ACTION ecg
    case "$1" in
        stop | restart) kill "$serving" && wait "$serving" ;;&
        start | restart) ecg serve ;;
    esac
}

sudo() { # nginx would run its workers as a user that is not there
    [[ $1 != nginx ]] || set -- "$@" -g "user root;"
    "$@"
}
trap '[[ -z $(jobs -p) ]] || kill $(jobs -p)' EXIT
