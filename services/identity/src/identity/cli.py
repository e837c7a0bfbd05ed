"""`python -m identity.cli serve | work | migrate | seed | …`"""

from chassis.cli import main
from identity.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
