"""What every REST view needs: problem documents, JSON, pages, limits and their description."""
