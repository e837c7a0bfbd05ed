"""`python -m filing.cli serve | work | migrate | seed | …`"""

from chassis.cli import main
from filing.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
