#!/bin/bash
# SPDX-License-Identifier: MIT
# Run once, when the database is made: the daemon's role, and Metabase's, which reads reports and has a database of its own.
set -e
psql -v ON_ERROR_STOP=1 -U postgres -d sahut <<SQL
\set daemon \`cat /run/secrets/daemon-password\`
\set metabase \`cat /run/secrets/metabase-password\`
create role sahut_writer nologin;
create role sahut_reader nologin;
create role "sahut-etl" login in role sahut_writer password :'daemon';
create role metabase login in role sahut_reader password :'metabase';
create database metabase owner metabase;
SQL
