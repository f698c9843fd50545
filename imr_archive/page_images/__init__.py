"""Pages of a PDF as images, with words boxed. Pure; called in a worker process, because PDFium is not thread-safe."""
