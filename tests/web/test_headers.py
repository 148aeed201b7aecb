"""What a browser is told to refuse."""


async def test_our_page_runs_only_our_scripts_and_its_import_map(make_trial):
    client = make_trial(import_map_hash="sha256-abc=").app.test_client()
    response = await client.get("/free", headers={"Host": "aurora.example:5080"})
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'sha256-abc='"
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' ws://aurora.example:5080"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"


async def test_a_host_name_cannot_write_into_the_policy(make_trial):
    response = await make_trial().app.test_client().get("/free", headers={"Host": "x; script-src *"})
    assert "script-src *" not in response.headers["Content-Security-Policy"]


async def test_every_answer_is_closed_to_frames_sniffing_and_caches(make_trial):
    client = make_trial().app.test_client()
    for path in ("/thing", "/nowhere", "/raise/bug", "/raise/refused"):
        headers = (await client.get(path)).headers
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


async def test_tls_is_insisted_on_only_where_there_is_tls(make_trial):
    client = make_trial().app.test_client()
    assert "Strict-Transport-Security" not in (await client.get("/free")).headers
    forwarded = await client.get("/free", headers={"X-Forwarded-Proto": "https"})
    assert forwarded.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "wss://" in forwarded.headers["Content-Security-Policy"]
