#!/bin/sh
# Copies the secrets of deploy/docker/secrets.sh into a namespace:  secrets.sh NAMESPACE [FOLDER]
# Each folder becomes one Secret of the same name. Keep FOLDER safe: a new cluster needs it. If you have External Secrets or
# a vault, let it make Secrets with these names and keys instead.
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
