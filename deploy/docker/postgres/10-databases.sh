#!/bin/bash
# Creates a role and a database for each service. Only its role may connect to a database. The image runs this when it
# creates the data folder. A second run (`docker compose exec -u postgres postgres bash
# /docker-entrypoint-initdb.d/10-databases.sh`) only sets the passwords, as given in $PASSWORDS/<service>.
set -euo pipefail
passwords=${PASSWORDS:-/run/databases}

for service in identity registry filing booking notification; do
    psql -v ON_ERROR_STOP=1 -X -q -U "${POSTGRES_USER:-postgres}" -d postgres -v name="$service" <<SQL
\set password \`cat "$passwords/$service"\`
SELECT format('CREATE ROLE %I LOGIN', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
psql -v ON_ERROR_STOP=1 -X -q -U "${POSTGRES_USER:-postgres}" -d postgres \
    -c 'REVOKE ALL ON DATABASE postgres FROM PUBLIC' -c 'REVOKE ALL ON DATABASE template1 FROM PUBLIC'
