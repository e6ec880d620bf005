//! Which test shows what: the features of the Python client's pool, and its
//! bugs. A test that is named here and gone fails this one.

/// A feature or a bug, and the tests that show it: file below `tests/it` and name.
type Row = (&'static str, &'static [&'static str]);

/// What its users rely on.
const FEATURES: &[Row] = &[
    ("connections that are kept", &["pipeline/transport/limits::calls_one_after_the_other_share_one_socket"]),
    (
        "hosts in every form: host:port, a map, a URL with user and password (RFC 1738), none",
        &[
            "loudml/client::hosts_of_every_form_become_addresses",
            "pipeline/transport/urls::user_and_password_are_decoded_and_taken_out_and_the_rest_stays",
            "pipeline/transport/urls::an_address_of_ip_version_six_is_reached",
        ],
    ),
    (
        "maxsize, as a limit",
        &[
            "pipeline/transport/limits::a_hundred_calls_at_once_share_four_sockets",
            "loudml_pool/features::sixteen_threads_share_four_sockets",
            "loudml_pool/features::who_finds_all_connections_in_use_waits_for_a_turn",
        ],
    ),
    (
        "dead timeout, ours and the Python client's",
        &[
            "pipeline/nodes/cooldowns::a_cooldown_is_a_second_and_doubles_up_to_thirty",
            "pipeline/nodes/cooldowns::cooldowns_are_data_and_may_be_longer",
            "loudml_pool/features::classic_cooldowns_are_those_of_the_python_client",
            "pipeline/nodes/probes::the_server_closest_to_waking_serves_when_none_lives",
        ],
    ),
    (
        "a failed request is sent to another node",
        &[
            "pipeline/nodes/choice::a_repetition_goes_elsewhere_and_at_once",
            "loudml_pool/processes/mod::no_call_fails_while_nodes_are_killed_and_hang_and_come_back",
        ],
    ),
    ("retry_on_timeout", &["pipeline/nodes/hung::a_hung_port_costs_one_timeout_and_no_call"]),
    (
        "max_retries, retry_on_status",
        &["pipeline/retry_table::the_policy_says_and_the_pipeline_does_what_is_written_here"],
    ),
    ("sniff_on_start", &["pipeline/nodes/sniffing/moments::on_start_is_before_the_first_call_and_never_again"]),
    (
        "sniff_on_connection_fail",
        &["pipeline/nodes/sniffing/moments::on_failure_is_before_the_repetition_so_that_it_may_go_to_what_is_found"],
    ),
    ("sniffer_timeout", &["pipeline/nodes/sniffing/moments::periodic_is_checked_when_a_call_is_made"]),
    ("host_info_callback", &["pipeline/nodes/sniffing/found::a_filter_says_which_to_take_and_the_given_ones_stay"]),
    ("randomize_hosts", &["loudml_pool/features::clients_begin_with_different_nodes"]),
    (
        "round robin over threads",
        &["loudml_pool/bugs/dead::threads_share_one_round", "pipeline/nodes/choice::calls_go_round"],
    ),
    ("a selector of one's own", &["pipeline/nodes/choice::the_choice_among_the_living_is_a_seam"]),
    (
        "many threads, one client",
        &[
            "loudml_pool/features::sixteen_threads_share_four_sockets",
            "loudml_pool/features::a_clone_is_the_same_client",
        ],
    ),
    (
        "TLS: authorities from a file, a folder or bytes, or a ready configuration",
        &[
            "pipeline/transport/tls::an_authority_that_was_named_is_trusted_wherever_it_is_read_from",
            "pipeline/transport/tls::a_ready_configuration_is_taken_as_it_is",
            "loudml_pool/tls::each_trouble_has_words_of_its_own",
        ],
    ),
    (
        "client_cert and client_key",
        &["pipeline/transport/identity::a_certificate_is_given_where_it_is_asked_for_whatever_form_its_key_has"],
    ),
    ("http_auth", &["loudml_pool/features::one_user_for_all_nodes_and_another_for_one"]),
    (
        "http_compress",
        &[
            "pipeline/compression::a_compressed_reply_is_read_whole_and_as_a_stream_however_it_is_cut",
            "pipeline/compression::a_body_is_compressed_where_the_document_or_the_caller_says_so",
            "loudml_pool/bugs/replies::compressed_replies_are_asked_for_and_bodies_left_alone",
        ],
    ),
    ("send_get_body_as", &["pipeline/options::a_get_carries_its_body_in_three_ways"]),
    (
        "AWS signatures",
        &[
            "pipeline/seams/sigv4::the_published_vectors_come_out",
            "pipeline/seams/sigv4::what_is_signed_is_what_is_sent_after_compression",
        ],
    ),
    (
        "a serializer of one's own",
        &["pipeline/seams/serializer::requests_are_written_and_replies_read_by_their_media_type"],
    ),
    ("the logger", &["pipeline/spans::one_span_for_the_call_and_one_below_it_for_each_attempt"]),
    (
        "the trace as curl commands: for another host, easy to read",
        &[
            "pipeline/spans::a_command_for_others_names_another_server_and_is_easy_to_read",
            "pipeline/spans::commands_are_logged_when_they_are_named_and_only_then",
        ],
    ),
    ("ignore", &["pipeline/options::an_accepted_status_is_decoded"]),
];

/// What its users suffer from.
const BUGS: &[Row] = &[
    (
        "44 ms for each call where the server writes head and body apart",
        &["pipeline/transport/split::a_reply_in_two_writes_takes_no_longer_than_in_one"],
    ),
    (
        "a dead address costs a second and shrinks the pool",
        &[
            "loudml_pool/bugs/dead::a_dead_address_costs_no_second",
            "loudml_pool/bugs/sniffing::a_dead_node_makes_no_pool_smaller",
        ],
    ),
    (
        "11 s to notice that nothing listens",
        &[
            "loudml/client::nobody_waits_eleven_seconds_to_learn_that_nothing_listens",
            "loudml_pool/bugs/dead::that_nobody_listens_is_heard_in_a_second_or_two_or_at_once",
        ],
    ),
    (
        "a hung node is never retired",
        &[
            "loudml_pool/bugs/dead::a_hung_node_fails_one_call_of_twelve",
            "pipeline/nodes/hung::a_hung_port_fails_one_call_at_most_that_may_not_be_repeated",
        ],
    ),
    (
        "`exists` and `ping` take a failure for a no",
        &[
            "loudml/client::no_and_cannot_tell_are_different_answers",
            "loudml_pool/bugs/replies::not_there_and_cannot_tell_are_two_answers",
        ],
    ),
    (
        "sniffing loses nodes, credentials, scheme and prefix",
        &[
            "loudml_pool/bugs/sniffing::a_node_that_tells_of_itself_alone_takes_no_other_away_and_no_credential",
            "loudml_pool/bugs/sniffing::a_node_that_is_found_is_called_with_the_credential_of_who_told",
            "loudml/client::sniffing_adds_and_never_shrinks",
            "pipeline/nodes/sniffing/found::scheme_prefix_and_credential_are_those_of_the_server_that_was_asked",
        ],
    ),
    (
        "sniffing gives up at the first error, hides the failure before it, is done by many at once, forgets who is dead",
        &[
            "pipeline/nodes/sniffing/trouble::another_server_is_asked_when_one_does_not_tell",
            "pipeline/nodes/sniffing/trouble::a_failure_that_sniffing_follows_is_still_the_one_that_the_caller_sees",
            "pipeline/nodes/sniffing/moments::one_call_asks_and_the_others_go_on",
            "pipeline/nodes/sniffing/found::a_server_that_is_listed_again_keeps_its_cooldown",
        ],
    ),
    (
        "two nodes that die at the same moment end the client",
        &["loudml_pool/bugs/dead::nodes_that_die_at_the_same_moment_are_two_dead_nodes"],
    ),
    ("a round for each thread", &["loudml_pool/bugs/dead::threads_share_one_round"]),
    (
        "a node that served for want of another counts as living",
        &[
            "loudml_pool/bugs/dead::a_node_that_served_for_want_of_another_is_not_taken_for_living",
            "pipeline/nodes/probes::with_all_in_cooldown_a_call_still_tries_each",
        ],
    ),
    (
        "418 sockets for a maxsize of 4",
        &[
            "loudml_pool/features::sixteen_threads_share_four_sockets",
            "loudml_pool/features::who_finds_all_connections_in_use_waits_for_a_turn",
        ],
    ),
    (
        "trainings and writes are sent twice",
        &[
            "loudml_pool/bugs/repeats::what_may_have_begun_is_not_begun_twice",
            "loudml_pool/bugs/repeats::a_call_may_be_told_otherwise",
        ],
    ),
    (
        "no 429, no Retry-After, no jitter, no deadline, no settings of a call",
        &[
            "loudml_pool/bugs/repeats::a_busy_server_is_left_alone_for_as_long_as_it_asks_and_a_call_has_an_end",
            "pipeline/retry::pauses_are_a_random_part_of_a_bound_that_doubles",
        ],
    ),
    ("a generator over names never ends", &["loudml_pool/bugs/replies::a_list_ends_and_a_call_by_name_is_one_call"]),
    (
        "`wait` has no end: for a job that is canceled and runs again, or is forgotten",
        &[
            "loudml/jobs::a_training_that_is_cancelled_in_the_queue_ends_although_it_says_that_it_runs",
            "loudml/jobs::a_job_that_was_forgotten_is_explained",
        ],
    ),
    (
        "user-only URLs, IPv6, addresses without a scheme",
        &[
            "loudml/client::an_address_may_carry_user_and_password_or_a_user_alone",
            "loudml/client::hosts_of_every_form_become_addresses",
            "pipeline/transport/urls::user_and_password_are_decoded_and_taken_out_and_the_rest_stays",
            "pipeline/transport/urls::an_address_of_ip_version_six_is_reached",
        ],
    ),
    (
        "http_compress breaks every POST",
        &["loudml_pool/bugs/replies::compressed_replies_are_asked_for_and_bodies_left_alone"],
    ),
    ("send_get_body_as makes a creation of a list", &["loudml_pool/bugs/replies::a_read_without_a_body_stays_a_read"]),
    (
        "text/html errors are SerializationErrors, others are shown raw",
        &["loudml_pool/bugs/replies::errors_are_one_kind_of_thing_in_all_their_shapes"],
    ),
    (
        "the trace has a body for every verb and no quoting",
        &[
            "pipeline/spans::a_command_runs_and_shows_no_secret",
            "pipeline/spans::a_command_for_others_names_another_server_and_is_easy_to_read",
        ],
    ),
    (
        "verify off still verifies; a TLS error takes 11 s",
        &[
            "pipeline/transport/tls::a_check_that_is_switched_off_is_off",
            "pipeline/transport/tls::an_authority_that_was_not_named_is_refused_once_and_in_words",
            "loudml_pool/tls::each_trouble_has_words_of_its_own",
        ],
    ),
    (
        "status, headers, time and node of an answer are lost",
        &["loudml_pool/bugs/replies::an_answer_comes_with_all_that_is_known_of_it"],
    ),
];

#[test]
fn every_test_of_the_table_is_there() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for (what, tests) in FEATURES.iter().chain(BUGS) {
        assert!(!tests.is_empty(), "nothing shows {what:?}");
        for test in *tests {
            let (file, name) = test.split_once("::").expect("a file and a name");
            let path = folder.join(format!("{file}.rs"));
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{what:?}: {}: {e}", path.display()));
            let shown = text.split("fn ").skip(1).any(|rest| rest.starts_with(&format!("{name}()")));
            assert!(shown, "{what:?}: there is no test {name} in {file}.rs");
        }
    }
}
