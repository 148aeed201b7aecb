-- What was uploaded is not kept once it is read: it may hold secrets, which the passages do not.
DELETE FROM document_bytes b USING documents d
WHERE d.organization_id = b.organization_id AND d.id = b.document_id AND d.status = 'ready';
