"""`python -m registry.cli serve | work | migrate | seed | …`"""

from chassis.cli import main
from registry.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
