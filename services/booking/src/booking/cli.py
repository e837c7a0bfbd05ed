"""`python -m booking.cli serve | work | migrate | seed | …`"""

from booking.app import SERVICE
from chassis.cli import main

if __name__ == "__main__":
    main(SERVICE)
