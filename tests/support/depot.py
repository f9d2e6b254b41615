"""Où est le dépôt, pour qui lit ses fichiers ou lance un processus à sa racine."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
