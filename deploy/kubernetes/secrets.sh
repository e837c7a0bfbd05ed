#!/bin/sh
# Puts the secrets that deploy/docker/secrets.sh makes into a namespace:  secrets.sh NAMESPACE [FOLDER]
# Each folder becomes one Secret of the same name. Keep FOLDER as you would keep any key: it is what a new cluster is
# made from. Where External Secrets or a vault is at hand, let it make Secrets of these names and keys instead.
set -eu
namespace=$1
here=$(dirname "$0")
folder=${2:-$here/secrets-$namespace}
services='identity registry filing booking notification'
sh "$here/../docker/secrets.sh" "$folder" postgres-rw rabbitmq

apply() { kubectl create --namespace "$namespace" --dry-run=client --output yaml "$@" | kubectl apply --namespace "$namespace" --filename -; }
for name in $services sandbox service-public-keys token-keys bus-user; do
    apply secret generic "$name" --from-file="$folder/$name"
done
for name in $services; do
    apply secret generic "database-$name" --type=kubernetes.io/basic-auth \
        --from-literal=username="$name" --from-file=password="$folder/databases/$name"
done
