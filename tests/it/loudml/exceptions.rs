//! Recorded requests that no typed call sends, each under the rule that says why. They are sent by raw calls, so that
//! their answers are checked too.

/// Per cent of the recorded exchanges, at most.
pub(super) const LIMIT: usize = 10;

/// The rule, and the exchanges under it.
pub(super) const EXCEPTIONS: &[(&str, &[&str])] = &[
    (
        "the server has no such endpoint or method, so that the document has none",
        &[
            "errors/404_license",
            "errors/404_health",
            "errors/404_unknown",
            "errors/404_trailing_slash",
            "errors/404_predict",
            "errors/404_latent",
            "errors/404_version_item",
            "errors/405_function",
            "errors/405_resource",
            "errors/405_root",
            "errors/405_job_delete",
            "errors/head_unknown",
            "jobs/delete_405",
            "python/versions_exists",
            "root/options_models",
        ],
    ),
    (
        "a required parameter is left out, which a typed call refuses before it is sent",
        &[
            "buckets/read_no_args",
            "buckets/read_no_features",
            "buckets/read_no_interval",
            "eval/no_to",
            "forecast/no_to",
            "templates/create_no_name",
            "top/no_dates",
            "training/no_from",
            "versions/restore_missing",
        ],
    ),
    (
        "a required field of the body is left out, which its type refuses",
        &[
            "buckets/create_no_name",
            "hooks/create_no_name",
            "hooks/create_no_type",
            "models/create_empty",
            "models/create_only_name",
            "models/patch_partial",
            "scheduled/create_empty",
            "scheduled/create_no_count",
        ],
    ),
    (
        "the body is missing or of another shape, which its type refuses",
        &[
            "buckets/create_bad_json",
            "buckets/create_no_body",
            "buckets/write_no_body",
            "buckets/write_object",
            "models/create_bad_json",
            "models/create_no_body",
            "scheduled/create_no_body",
        ],
    ),
    (
        "the body was compressed, which the server does not understand and no call does unasked",
        &["buckets/create_gzip_refused", "python/compress_post"],
    ),
    ("a read with a body, which no documented read has", &["python/get_body_as_get", "python/get_body_as_post"]),
];
