"""The OpenAPI 3.1 document, made from the routes once, when the app is put together.

Nothing of it is written by hand beside a route; it says what the route's decorators say:

* `document_request`, `document_response`, `document_querystring` (quart-schema): the shapes. Each becomes a named
  component, with an example made by `examples` from the shape itself;
* `limited`: whether there is a 429, and the rate-limit headers;
* `needs` and the method: who may call it, so whether there is a 401 or a 403;
* `declared.public`: that nobody has to be signed in; `declared.fails`: failures that follow from none of these;
* the path, the query and the body: whether there is a 400, 404, 409, 413 or 415.

`implied` derives the statuses from that. `failures` holds one answer for each status, with every code of the error
classes in packages with routes. The tags are the blueprints, described by the first line of their module. So a new
route is documented by its own decorators, and a new error class by its docstring.

An answer allows fields that the document does not name: the document only grows, and clients of an older one
go on working. A test holds it against the last one that was released.
"""
