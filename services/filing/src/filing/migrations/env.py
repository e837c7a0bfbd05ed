from chassis.migrations import run_env
from filing.models import Base

run_env(Base.metadata)
