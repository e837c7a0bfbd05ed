#!/bin/sh
# Fills ${NAMES} of the template from the environment, as deploy/local does, then execs nginx.
# TRUSTED_PROXY: address or network of the proxy that ends TLS; rate limits then count the client's address.
# Arguments are passed to nginx: `gateway.sh -t` only checks.
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
                print "gateway: " name " is not safe in a configuration" > "/dev/stderr"; exit 2
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
