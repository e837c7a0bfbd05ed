#!/bin/sh
# Makes every secret of one platform, once:  secrets.sh [FOLDER [POSTGRES_HOST [RABBITMQ_HOST]]]
#
# FOLDER/values holds the secrets. Put your own there (WeChat's appids and secrets, the SMS key) and run this again. It
# makes the other folders from them each time, one per container (or Kubernetes Secret), so that each sees only its own.
# It never changes an existing file in values.
#
# NEW_TOKEN_KEY=yes also makes a new key for access tokens. It signs after eleven minutes, when every service knows it.
# Twenty minutes later, remove the previous key from values and from token-keys.
#
# FOLDER has mode 700, and files in values 600. A mounted file keeps its mode in the container, whose user is not its
# owner; so the folders to mount are readable, and only FOLDER protects them.
set -eu
folder=${1:-$(dirname "$0")/secrets}
postgres=${2:-postgres}
rabbitmq=${3:-rabbitmq}
services='identity registry filing booking notification'
command -v openssl >/dev/null || { echo 'secrets.sh needs openssl' >&2; exit 1; }

umask 077
mkdir -p "$folder/values"
chmod 700 "$folder" "$folder/values"

once() { # NAME COMMAND…: writes the value's file atomically
    name=$1
    shift
    [ -s "$folder/values/$name" ] && return
    "$@" >"$folder/values/$name.new"
    mv "$folder/values/$name.new" "$folder/values/$name"
}
hex() { openssl rand -hex "$1" | tr -d '\n'; }
appid() { printf 'wx'; hex 8; }
aes_key() { openssl rand -base64 32 | tr -d '=\n'; } # 43 characters, as WeChat's page shows it
private_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 2>/dev/null; }
public_key() { openssl pkey -in "$1" -pubout; }
value() { cat "$folder/values/$1"; }

give() { # FOLDER NAME: writes standard input to a file that a container may read
    mkdir -p "$folder/$1"
    cat >"$folder/$1/$2"
    chmod 755 "$folder/$1"
    chmod 644 "$folder/$1/$2"
}
rabbit_definitions() { # the password as RabbitMQ stores it: salt, then SHA-256 of salt and password
    salt=$(value bus-salt)
    hash=$({ printf '%s' "$salt"; printf '%s%s' "$salt" "$(value bus-password)" | openssl dgst -sha256 -binary; } | openssl base64 -A)
    sed "s|@HASH@|$hash|" "$(dirname "$0")/rabbitmq/definitions.json"
}

# -- values ----------------------------------------------------------------------------------------------------------
for name in postgres-password bus-password sms-secret grafana-password; do once "$name" hex 24; done
once bus-salt hex 2
ls "$folder"/values/token-key*.pem >/dev/null 2>&1 || once token-key.pem private_key
[ -z "${NEW_TOKEN_KEY:-}" ] || once "token-key-$(date -u -d '+11 minutes' +%Y%m%dT%H%M%SZ).pem" private_key
for service in $services; do
    once "database-$service" hex 24
    once "service-key-$service.pem" private_key
done
for app in website official miniprogram; do
    once "wechat-$app-appid" appid
    once "wechat-$app-secret" hex 24
done
once wechat-callback-token hex 16
once wechat-callback-aes-key aes_key

# -- what each container gets ----------------------------------------------------------------------------------------
for service in $services; do
    value "database-$service" | give databases "$service"
    printf 'postgresql://%s:%s@%s:5432/%s' "$service" "$(value "database-$service")" "$postgres" "$service" | give "$service" database-url
    printf 'amqp://qj:%s@%s:5672//' "$(value bus-password)" "$rabbitmq" | give "$service" bus-url
    value "service-key-$service.pem" | give "$service" service-key.pem
    public_key "$folder/values/service-key-$service.pem" | give service-public-keys "$service.pem"
done
for file in "$folder"/values/token-key*.pem; do # the name says when a key starts to sign; the first one has no time
    name=$(basename "$file")
    case $name in token-key.pem) given=0001.pem ;; *) given=${name#token-key-} ;; esac
    value "$name" | give token-keys "$given"
done
value postgres-password | give postgres password
value grafana-password | give grafana password
printf 'qj' | give bus-user username
value bus-password | give bus-user password
rabbit_definitions | give rabbitmq definitions.json
for name in sms-secret wechat-official-appid wechat-official-secret; do
    for user in identity notification sandbox; do value "$name" | give "$user" "$name"; done
done
for app in website miniprogram; do
    for user in identity sandbox; do
        value "wechat-$app-appid" | give "$user" "wechat-$app-appid"
        value "wechat-$app-secret" | give "$user" "wechat-$app-secret"
    done
done
for name in wechat-callback-token wechat-callback-aes-key; do
    for user in notification sandbox; do value "$name" | give "$user" "$name"; done
done
