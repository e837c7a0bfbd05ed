"""What the five services share: mechanism, and no word of the business."""
