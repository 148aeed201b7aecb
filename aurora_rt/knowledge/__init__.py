"""What an organization knows: passages of its documents and past incidents, and finding them again.

A text is cut into `chunks` that know their headings; each becomes a passage: a row in PostgreSQL, with the terms that
full text finds it by (`words`) and the vector that it is near others by (`embeddings`). The rows are the truth. The
vectors lie behind the port in `store`: beside the rows (`pgvector`), or in an index (`weaviate`) that holds nothing
that could not be made again from the rows. `search` fuses what vectors and full text find.

`library` is the way in: one `Knowledge` for each process, and from it `Books` for each organization. What is not in
the store with the present model is found by full text meanwhile, and `catching_up` brings it there in the background:
after the model was changed, after another store was chosen, after an outage of either.
"""
