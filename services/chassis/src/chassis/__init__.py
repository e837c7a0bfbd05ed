"""Mechanism that the five services share. It holds no word of the business."""
