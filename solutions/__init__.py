"""The book's reference implementations: one module per chapter, one public name per exercise."""
