from sqlalchemy import MetaData

from chassis.migrations import run_env

run_env(MetaData())
