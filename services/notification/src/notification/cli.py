"""`python -m notification.cli serve | work | migrate | seed | …`"""

from chassis.cli import main
from notification.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
