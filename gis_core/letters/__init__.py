"""Letters: kinds that apps declare, templates that members edit, one document that becomes PDF and DOCX."""
