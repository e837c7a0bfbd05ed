#!/bin/sh
# Fills ${NAMES} of the template from the environment, as deploy/local does, and becomes nginx.
# TRUSTED_PROXY: the address (or network) of what ends TLS in front; rate limits then count by the address that it saw.
# Words given to this script go to nginx too: `gateway.sh -t` only checks.
set -eu
umask 077
mkdir -p "$RUN_DIR/temp"
[ -e "$RUN_DIR/access.log" ] || ln -s /dev/stdout "$RUN_DIR/access.log"
awk '
    {
        rest = $0; done = ""
        while (match(rest, /\$\{[A-Z_]+\}/)) {
            name = substr(rest, RSTART + 2, RLENGTH - 3)
            if (!(name in ENVIRON)) { print "gateway: " name " is missing" > "/dev/stderr"; exit 2 }
            if (name != "USER" && ENVIRON[name] ~ /[;{}"\047\\$[:space:]]/) {
                print "gateway: " name " cannot stand in a configuration" > "/dev/stderr"; exit 2
            }
            done = done substr(rest, 1, RSTART - 1) ENVIRON[name]
            rest = substr(rest, RSTART + RLENGTH)
        }
        print done rest
        if (/^http \{/ && ENVIRON["TRUSTED_PROXY"] != "") {
            print "    set_real_ip_from " ENVIRON["TRUSTED_PROXY"] "; real_ip_header X-Forwarded-For;"
        }
    }' "$GATEWAY_DIR/nginx.conf.template" >"$RUN_DIR/nginx.conf"
exec nginx -e stderr -p "$RUN_DIR" -c "$RUN_DIR/nginx.conf" -g 'daemon off;' "$@"
