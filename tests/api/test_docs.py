from django.test import Client


def test_the_page_of_the_api_names_every_operation_and_needs_no_script(alice):
    from entendu.api.house import api

    client = Client()
    client.force_login(alice.user)
    page = client.get("/api/docs").content.decode()
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page
    assert "http://cdn" not in page
    assert "https://cdn" not in page


def test_the_page_is_there_for_who_is_not_signed_in(db):
    assert Client().get("/api/docs").status_code == 200


def test_programs_read_the_description(db):
    assert Client().get("/api/openapi.json").json()["info"]["title"] == "Entendu"
