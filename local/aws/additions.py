"""Everything that the local AWS adds to ministack, in the order in which a request meets it.

Call `environment.prepare` before you import this module: the import loads ministack, which reads its environment once.
"""

from local.aws import (
    access_log,
    alias_weights,
    authorizer_conditions,
    create_stage,
    create_usage_plan,
    delete_api_key,
    deployment_snapshot,
    describe_alarms,
    edge_cache,
    edge_compression,
    edge_settings,
    execute_api_origin,
    flush_stage_authorizers_cache,
    function_code_location,
    function_environment,
    function_key_values,
    gateway_response_context,
    handler_exceptions,
    invocation_log,
    invoke_permission,
    log_event_pages,
    loopback_https,
    method_setting_paths,
    openapi_operation,
    put_rest_api,
    query_definitions,
    repeated_requests,
    request_ids,
    response_headers_policy,
    saved_state,
    update_function,
    update_rest_api,
    viewer_hosts,
    viewer_paths,
)

ADDITIONS = (
    saved_state,
    repeated_requests,
    loopback_https,
    viewer_hosts,
    viewer_paths,
    execute_api_origin,
    edge_settings,
    edge_cache,
    edge_compression,
    function_key_values,
    deployment_snapshot,
    authorizer_conditions,
    request_ids,
    access_log,
    gateway_response_context,
    invoke_permission,
    alias_weights,
    handler_exceptions,
    invocation_log,
    put_rest_api,
    openapi_operation,
    update_rest_api,
    create_stage,
    create_usage_plan,
    delete_api_key,
    update_function,
    flush_stage_authorizers_cache,
    function_environment,
    function_code_location,
    response_headers_policy,
    query_definitions,
    log_event_pages,
    method_setting_paths,
    describe_alarms,
)


def install() -> None:
    """Install every addition; raise StartError if ministack lacks a name that an addition needs."""
    for addition in ADDITIONS:
        addition.install()
