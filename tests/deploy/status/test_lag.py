from deploy.status.lag import heard


def test_a_service_reads_the_topics_whose_pages_name_it() -> None:
    assert heard("retention") == {"conversion", "insight"}
