//! Differences from the original: what the hub replies instead, and the reason.

/// One exchange that is answered differently.
pub(super) struct Difference {
    /// The name of the exchange.
    pub(super) name: &'static str,
    /// The status of the hub.
    pub(super) status: u16,
    /// What its detail contains, or its body where it is no refusal.
    pub(super) says: &'static str,
    /// Why it differs.
    pub(super) why: &'static str,
}

const fn row(name: &'static str, status: u16, says: &'static str, why: &'static str) -> Difference {
    Difference { name, status, says, why }
}

const OPEN: &str = "the original answers without a token";
const CRASHED: &str = "the original crashes on what it is sent";
const CRASHED_ON_GOOD: &str = "the original crashes on a good request";
const UNSEARCHABLE: &str = "the original accepts a space that cannot be searched";
const UNNOTICED: &str = "the original accepts a point that is not in the space";
const STRICT: &str = "the original refuses what is clear enough";
const NO_SUCH_MODEL: &str = "the original accepts the model and crashes on the first tell";
const NEVER_MADE: &str = "the experiment was refused, so there is nothing to ask or tell";
const GIVES_OUT: &str = "the original accepts the function and crashes on a later ask";

pub(super) const DIFFERENCES: &[Difference] = &[
    row("root", 200, r#""name":"mlhub""#, "the original lists all accounts with their password hashes to anybody"),
    row("token_unknown_user", 401, "Incorrect username or password", CRASHED),
    row("me_ok", 200, r#""email":"test@test.com""#, CRASHED_ON_GOOD),
    row("me_refresh_type_token", 401, "Could not validate credentials", CRASHED),
    row("user_list", 401, "Not authenticated", "the original crashes, and would answer without a token"),
    row("user_signup", 201, r#""email":"new@x.com""#, CRASHED_ON_GOOD),
    row("user_signup_dup", 409, "This e-mail address has an account", CRASHED),
    row("user_signup_bademail", 422, "not a valid email address", CRASHED),
    row("user_signup2", 201, r#""email":"new2@x.com""#, CRASHED_ON_GOOD),
    row("user_get_pathonly", 401, "Not authenticated", OPEN),
    row("user_get", 401, "Not authenticated", OPEN),
    row("new_default_model", 201, r#""model_type":"SingleTaskGP""#, CRASHED_ON_GOOD),
    row("new_default_acq", 201, r#""acq_func":"ExpectedImprovement""#, CRASHED_ON_GOOD),
    row("new_empty_covars", 422, "between 1 and 100 variables, not 0", CRASHED),
    row("new_bad_vtype", 422, "`float` is not one of int, cont, cat", CRASHED),
    row("new_missing_vtype", 422, r#"["body","covars","a","vtype"] field required"#, CRASHED),
    row("new_cont_missing_min", 422, r#"["body","covars","a","min"] field required"#, CRASHED),
    row("new_cont_missing_guess", 422, r#"["body","covars","a","guess"] field required"#, CRASHED),
    row(
        "new_cont_guess_outside",
        422,
        "guess of variable \"a\": 10 is not allowed; give a number from 0 to 2",
        UNSEARCHABLE,
    ),
    row("new_cont_min_gt_max", 422, "variable \"a\"", UNSEARCHABLE),
    row("new_cont_min_eq_max", 422, "variable \"a\"", UNSEARCHABLE),
    row("new_cat_missing_options", 422, r#"["body","covars","a","options"] field required"#, CRASHED),
    row(
        "new_cat_guess_not_in_options",
        422,
        "guess of variable \"a\": \"x\" is not allowed; give one of",
        "the original adds the guess unasked",
    ),
    row("new_cat_empty_options", 422, "a category needs at least one option", "the original adds the guess unasked"),
    row("new_extra_field", 422, "a log scale needs min above 0", "the original knows no scales and passes them over"),
    row("new_name_too_long", 422, "at most 256 characters", "the original takes it for a failure to log in"),
    row("ask_unknown", 404, "There is no experiment 7cb6d018-618c-4e26-b9fa-83a7d466ba68", CRASHED),
    row("tell_native_json", 202, r#""response_sampled_iter""#, STRICT),
    row(
        "tell_out_of_bounds",
        422,
        "covariates: variable \"v1\": 50 is not allowed; give a whole number from 0 to 5",
        UNNOTICED,
    ),
    row(
        "tell_unknown_category",
        422,
        "covariates: variable \"color\": \"pink\" is not allowed; give one of",
        UNNOTICED,
    ),
    row("tell_whole_number_weight", 202, r#""response_sampled_iter""#, STRICT),
    row("tell_response_string", 422, "response: `Response` is \"a\", not a finite number", CRASHED),
    row("tell_response_null", 422, "response: `Response` is null, not a finite number", CRASHED),
    row("tell_response_nan", 422, "NaN and Infinity are not numbers in JSON", CRASHED),
    row("tell_two_rows", 422, "one row is told at a time, not 2", CRASHED),
    row("tell_unknown_exp", 404, "There is no experiment 8e3332f7-0d70-4e72-8001-5a5d66c89d50", CRASHED),
    row("all", 200, r#""best_response":"{\"Response\":"#, CRASHED_ON_GOOD),
    row("new_FixedNoiseGP", 422, "it needs the variance of each result", NO_SUCH_MODEL),
    row("ask_FixedNoiseGP", 404, "There is no experiment", NEVER_MADE),
    row("tell_FixedNoiseGP", 404, "There is no experiment", NEVER_MADE),
    row("new_HeteroskedasticSingleTaskGP", 422, "it needs the variance of each result", NO_SUCH_MODEL),
    row("ask_HeteroskedasticSingleTaskGP", 404, "There is no experiment", NEVER_MADE),
    row("tell_HeteroskedasticSingleTaskGP", 404, "There is no experiment", NEVER_MADE),
    row("loop_all", 200, r#""covars_sampled_iter":9"#, CRASHED_ON_GOOD),
    row("race_8_parallel_tells", 202, "8", "the original acknowledges eight tells and keeps two"),
    row("race_after", 202, "9", "the original has lost six of the tells before this one"),
    row("acq_ConstrainedExpectedImprovement", 422, "an experiment has no constraints", GIVES_OUT),
    row("acq_NoisyExpectedImprovement", 201, "", "the original crashes on the second ask; here it works"),
    row("acq_qKnowledgeGradient", 422, "it looks a step ahead", GIVES_OUT),
    row("acq_qMaxValueEntropy", 422, "a set of candidate points", GIVES_OUT),
    row("acq_qMultiFidelityMaxValueEntropy", 422, "no fidelities", GIVES_OUT),
];
