#!/usr/bin/env python3
"""Deploys Renderfleet's stacks. Called by make check-deploy, make diff, make deploy and make destroy.

An environment file in deploy/environments describes a deployment. It is checked before the first call to AWS. Stacks
are deployed one kind after the other, each in all its regions. The outputs of a stack are the parameters with the same
names of later stacks in its region. Every change is shown before it is made. The script stops at the first failure;
completed stacks remain, and the same command continues from there.

It needs only Python's standard library and the AWS command line.
"""

import argparse
import ipaddress
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "cloudformation"
ENVIRONMENTS = HERE / "environments"

# The stacks in the order of deployment: name, "every" region or only the "home" region, and whether each pool has one.
# Queues come before the workers that receive from them, workers before the distributor that sends to them, and the
# distributor before the API that accepts jobs. Observability summarizes the alarms of the pools' stacks.
STACKS = [
    ("network", "every", False),
    ("home", "home", False),
    ("region", "every", False),
    ("pool-home", "home", True),
    ("pool-region", "every", True),
    ("cluster", "every", False),
    ("observability", "every", False),
    ("telemetry", "every", False),
    ("worker-service", "every", True),
    ("distributor-service", "home", False),
    ("distributor-scaling", "home", True),
    ("api-service", "home", False),
    ("bridge-service", "home", False),
    ("cdn", "every", False),
]
# The image of each service, by stack.
SERVICES = {
    "telemetry": "collector",
    "worker-service": "worker",
    "distributor-service": "distributor",
    "api-service": "api",
    "bridge-service": "bridge",
}
# Stacks whose parameters are in a part of the environment file. Parameters of workers are in the part of their pool.
PARTS = {
    "distributor-service": "distributor",
    "distributor-scaling": "distributor",
    "api-service": "api",
    "bridge-service": "bridge",
}
# Stacks with data. A new stack imports the resources that a deleted stack of the same name retained.
WITH_DATA = {"home", "region", "pool-home", "pool-region"}
# Resources that an update must never replace, because their data would remain in the old one.
PRECIOUS = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::ECR::Repository"}
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]+")
POOL = re.compile(r"[a-z][a-z0-9]{0,15}")
# Reserved words of queue names, by which dashboards distinguish queues.
NO_POOLS = ("master", "dlq")
MOST_POOLS = 10
# The pool of inference jobs, which is the name that their job type gives it.
INFERENCE = "inference"
# The calls of models that a worker makes at the same time, unless the settings say otherwise (InferenceSettings).
CALLS = 50
# CloudFormation limits the value of a parameter, so longer settings are split over as many as the templates have.
PARAMETER_BYTES = 4096
SETTINGS_PARAMETERS = 4
# The number of processors of the largest Fargate task.
MOST_CPU_SLOTS = 16
# CPU units of a Fargate task, and the MiB of memory that it may have: minimum, maximum, step.
FARGATE = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


class Stop(Exception):
    """Ends the run. The message is printed for the user and says how to continue."""


# ---------------------------------------------------------------------------------------------- environment files


def text(pattern, what):
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value), what


def number(low, high):
    return (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high,
        f"must be a whole number from {low} to {high}",
    )


def one_of(*values):
    return lambda value: type(value) is not bool and value in values, "must be one of " + ", ".join(map(str, values))


FLAG = (lambda value: isinstance(value, bool), "must be true or false")
CLAIM = text("[!-~]{1,255}", "must be 1 to 255 printable characters without spaces")
PARAMETER = r"/renderfleet/[A-Za-z0-9/_.-]+"
TASKS = {
    "cpu": one_of(*FARGATE),
    "memory": number(512, 122880),
    "minTasks": number(0, 1000),
    "maxTasks": number(1, 1000),
}
# The keys of an environment file. All are required, so that a default cannot differ between environments unnoticed.
KEYS = {
    "env": text("[a-z][a-z0-9]{0,9}", "must be 1 to 10 lower-case letters and digits, a letter first"),
    "homeRegion": text(REGION.pattern, "must be the code of a region, such as us-east-1"),
    "regions": {},
    "natPerAz": FLAG,
    "interfaceEndpoints": FLAG,
    "deletionProtection": FLAG,
    "logRetentionDays": one_of(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365),
    "resultDays": number(31, 3650),
    "alarmEmail": text("|[^@ ]+@[^@ ]+", "must be a mail address, or empty"),
    "alertsTopic": text(
        "|arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}",
        "must be the ARN of a standard topic of SNS for alerts on results, or empty",
    ),
    "monthlyBudget": number(0, 1000000),
    "apiUrl": text("|https://[A-Za-z0-9.-]+", "must be the address of the API, such as https://api.example.com, or empty"),
    "certificateParameter": text(PARAMETER, "must name an SSM parameter such as /renderfleet/dev/certificate-arn"),
    "cdnKeyParameter": text("|" + PARAMETER, "must be the name of an SSM parameter, or empty for no CloudFront"),
    "telemetry": FLAG,
    "prometheusUrl": text("|https://.+/api/v1/remote_write", "must end in /api/v1/remote_write, or be empty"),
    "architecture": one_of("ARM64", "X86_64"),
    "api": {
        **TASKS,
        "strategy": one_of("ROLLING", "BLUE_GREEN"),
        "requestsPerAddress": number(10, 2000000000),
        "issuerParameter": text(PARAMETER, "must name an SSM parameter such as /renderfleet/dev/issuer"),
        "audience": CLAIM,
        "audienceClaim": CLAIM,
        "rolesClaim": CLAIM,
        "pageClientId": text("|[!-~]{1,255}", "must be the client of the page at the issuer, or empty"),
        "pageScope": text("([!-~]+ )*openid( [!-~]+)*", "must be scopes with openid among them, separated by spaces"),
        "pageLoginOrigins": text(
            "|https://[A-Za-z0-9.:-]+(,https://[A-Za-z0-9.:-]+)*",
            "must be origins such as https://login.example.com, separated by commas, or empty",
        ),
    },
    "distributor": {**TASKS, "backlogPerTask": number(1, 1000000)},
    "pools": {},
    "inference": {},
    "bridge": {},
}
POOL_KEYS = {
    **TASKS,
    "kind": one_of("cpu", "io"),
    "slots": number(1, 1000),
    "backlogPerTask": number(1, 1000000),
    "onDemandBase": number(0, 1000),
    "onDemandWeight": number(0, 1000),
    "spotWeight": number(0, 1000),
}
SECRET = re.compile(r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+")
CALLS_RULE = number(1, 10000)
BROKER = "[A-Za-z0-9.-]+:[0-9]{1,5}"
# The keys of bridge, all of which are required unless it is empty, which is a deployment without a bridge.
BRIDGE_KEYS = {
    "cpu": TASKS["cpu"],
    "memory": TASKS["memory"],
    "bootstrapServers": text(
        f"{BROKER}(,{BROKER})*", "must be brokers such as b-1.example.com:9096,b-2.example.com:9096, without spaces"
    ),
    "user": text(r"\S{0,128}", "must be a user, or empty if the event template has one"),
    "tokenUrl": text("https://[!-~]+", "must be the token endpoint of the issuer, such as https://issuer.example.com/token"),
    "clientId": CLAIM,
    "clientSecret": text(SECRET.pattern, "must be the ARN of a secret with the secret of the client"),
    "securityProtocol": one_of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
    "saslMechanism": one_of("", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
    "jaasSecret": text("|" + SECRET.pattern, "must be the ARN of a secret with sasl.jaas.config, or empty"),
}
REGION_KEYS = {
    "vpcCidr": (lambda value: isinstance(value, str), "must be a block of addresses such as 10.20.0.0/16"),
    "azs": one_of(2, 3),
}


def check(environment, name):
    """The mistakes in an environment file, one line for each."""
    errors = []

    def keys(given, known, where):
        for key in sorted(set(given) - set(known)):
            errors.append(f"{where}{key}: there is no such key. The keys are {', '.join(sorted(known))}")
        for key in sorted(set(known) - set(given)):
            errors.append(f"{where}{key}: is missing")
        for key, rule in known.items():
            if key not in given:
                continue
            if isinstance(rule, dict):
                if not isinstance(given[key], dict):
                    errors.append(f"{where}{key}: must be an object")
                elif rule:
                    keys(given[key], rule, f"{where}{key}.")
            elif not rule[0](given[key]):
                errors.append(f"{where}{key}: {rule[1]}, not {json.dumps(given[key])}")

    if not isinstance(environment, dict):
        return ["the file must contain one JSON object"]
    keys(environment, KEYS, "")
    if environment.get("env") not in (None, name):
        errors.append(f"env: must be {name}, as the file is called")
    regions = environment.get("regions")
    if isinstance(regions, dict):
        for region, values in regions.items():
            if not REGION.fullmatch(region):
                errors.append(f"regions.{region}: is not a region's code, such as us-east-1")
            elif not isinstance(values, dict):
                errors.append(f"regions.{region}: must be an object")
            else:
                keys(values, REGION_KEYS, f"regions.{region}.")
        if not regions:
            errors.append("regions: must have at least one region")
        errors += check_addresses(regions)
        errors += check_regions(environment, regions)
    pools = environment.get("pools")
    if isinstance(pools, dict):
        for pool, values in pools.items():
            if not POOL.fullmatch(pool):
                errors.append(
                    f"pools.{pool}: a pool's name must be a lower-case letter, then up to 15 characters of a-z and 0-9"
                )
            elif pool in NO_POOLS:
                errors.append(f"pools.{pool}: is reserved in queue names; choose another name")
            elif not isinstance(values, dict):
                errors.append(f"pools.{pool}: must be an object")
            else:
                keys(values, POOL_KEYS, f"pools.{pool}.")
        if not 1 <= len(pools) <= MOST_POOLS:
            errors.append(f"pools: must have 1 to {MOST_POOLS} pools, not {len(pools)}")
    if environment.get("bridge"):
        keys(environment["bridge"], BRIDGE_KEYS, "bridge.")
    if not errors:
        errors += check_tasks(environment)
        errors += check_inference(environment)
        errors += check_bridge(environment)
    return errors


def check_addresses(regions):
    errors, seen = [], {}
    for region, values in regions.items():
        block = values.get("vpcCidr") if isinstance(values, dict) else None
        if not isinstance(block, str):
            continue
        where = f"regions.{region}.vpcCidr"
        try:
            network = ipaddress.IPv4Network(block)
        except ValueError as e:
            errors.append(f"{where}: {e}")
            continue
        if not 16 <= network.prefixlen <= 20:
            errors.append(f"{where}: must be from /16 to /20, not /{network.prefixlen}")
        elif not network.is_private:
            errors.append(f"{where}: {block} is not private")
        for other, taken in seen.items():
            if network.overlaps(taken):
                errors.append(f"{where}: {block} overlaps that of {other}")
        seen[region] = network
    return errors


def check_regions(environment, regions):
    errors = []
    home = environment.get("homeRegion")
    if isinstance(home, str) and home not in regions:
        errors.append(f"homeRegion: {home} is not one of regions")
    china = [region for region in regions if region.startswith("cn-")]
    if china and len(china) < len(regions):
        errors.append(
            "regions: regions in China need an environment of their own, because they are in another partition"
        )
    if china and environment.get("cdnKeyParameter"):
        errors.append("cdnKeyParameter: must be empty in China, because CloudFront there has no origin access control")
    return errors


def check_tasks(environment):
    errors = []
    for part in ("api", "distributor"):
        errors += check_size(environment[part], part)
        if environment[part]["minTasks"] == 0:
            errors.append(f"{part}.minTasks: must be 1 or more, because scaling cannot start its first task")
    for name, pool in environment["pools"].items():
        where = f"pools.{name}"
        errors += check_size(pool, where)
        if pool["kind"] == "cpu" and pool["slots"] > MOST_CPU_SLOTS:
            errors.append(
                f"{where}.slots: must be {MOST_CPU_SLOTS} or less in a pool of the kind cpu, because the largest task"
                f" has {MOST_CPU_SLOTS} processors"
            )
        if pool["onDemandWeight"] == 0 and pool["spotWeight"] == 0:
            errors.append(f"{where}.spotWeight: must not be 0 when onDemandWeight is")
        if pool["backlogPerTask"] < pool["slots"]:
            errors.append(
                f"{where}.backlogPerTask: must be slots or more; otherwise busy workers would scale out without waiting"
                " jobs"
            )
    if environment["env"] == "prod" and environment["distributor"]["minTasks"] < 2:
        errors.append("distributor.minTasks: must be 2 or more in prod")
    return errors


def check_inference(environment):
    """Checks what this script uses of the settings of inference jobs. The services check all of them when they start."""
    settings = environment["inference"]
    if not settings:
        return []
    errors = []
    if INFERENCE not in environment["pools"]:
        errors.append(f"pools.{INFERENCE}: is missing; inference jobs run in the pool of this name")
    if not CALLS_RULE[0](settings.get("calls", CALLS)):
        errors.append(f"inference.calls: {CALLS_RULE[1]}")
    pools_of_keys = settings.get("pools")
    if not isinstance(pools_of_keys, dict) or not pools_of_keys:
        return errors + ["inference.pools: must be an object with at least one pool of API keys"]
    if isinstance(settings.get("cache"), dict) and settings["cache"].get("redis"):
        errors.append("inference.cache.redis: cannot be used on AWS, where workers connect to port 443 only")
    for name, key_pool in pools_of_keys.items():
        where = f"inference.pools.{name}"
        domains = key_pool.get("domains") if isinstance(key_pool, dict) else None
        keys = key_pool.get("keys") if isinstance(key_pool, dict) else None
        regions = key_pool.get("regions", []) if isinstance(key_pool, dict) else []
        if not isinstance(regions, list) or any(region not in environment["regions"] for region in regions):
            errors.append(f"{where}.regions: must be a list of regions of this environment")
        if not isinstance(domains, dict) or not domains:
            errors.append(f"{where}.domains: must be an object with at least one quota domain")
        else:
            for domain, limits in domains.items():
                if not isinstance(limits, dict) or not CALLS_RULE[0](limits.get("concurrency")):
                    errors.append(f"{where}.domains.{domain}.concurrency: {CALLS_RULE[1]}")
        if not isinstance(keys, list) or not keys:
            errors.append(f"{where}.keys: must be a list of at least one key")
        else:
            for index, key in enumerate(keys):
                secret = key.get("secret") if isinstance(key, dict) else None
                if not isinstance(secret, str) or not SECRET.fullmatch(secret):
                    errors.append(f"{where}.keys[{index}].secret: must be the ARN of a secret in Secrets Manager")
    if errors:
        return errors
    if any(len(inference_secrets(environment, region)) > PARAMETER_BYTES for region in environment["regions"]):
        errors.append(
            f"inference.pools: the ARNs of the secrets have more than {PARAMETER_BYTES} characters together;"
            " use shorter names of secrets or fewer keys"
        )
    if len(application_json(environment)) > SETTINGS_PARAMETERS * PARAMETER_BYTES:
        errors.append(
            f"inference: has more than {SETTINGS_PARAMETERS * PARAMETER_BYTES} characters as JSON; shorten the prompts"
            " and schemas of templates"
        )
    return errors


def check_bridge(environment):
    bridge, errors = environment["bridge"], []
    sinks = environment["inference"].get("sinks", [])
    told = "kafka" in (sinks.split(",") if isinstance(sinks, str) else sinks)
    if told and not bridge:
        errors.append("inference.sinks: has kafka, but there is no bridge to receive the events")
    if not bridge:
        return errors
    if not environment["apiUrl"]:
        errors.append("apiUrl: must be the address of the API, which the bridge calls")
    if not told:
        errors.append('inference.sinks: must have kafka for the bridge, such as ["live", "alerts", "kafka"]')
    if len({server.rsplit(":", 1)[1] for server in bridge["bootstrapServers"].split(",")}) > 1:
        errors.append("bridge.bootstrapServers: must have the same port, the only one that the bridge may connect to")
    for key in ("saslMechanism", "jaasSecret"):
        if bridge["securityProtocol"].startswith("SASL_") != bool(bridge[key]):
            errors.append(f"bridge.{key}: must have a value with a securityProtocol of SASL, and be empty without")
    return errors + check_memory(bridge, "bridge")


def check_size(tasks, where):
    errors = check_memory(tasks, where)
    if tasks["minTasks"] > tasks["maxTasks"]:
        errors.append(f"{where}.minTasks: must not be more than maxTasks")
    return errors


def check_memory(tasks, where):
    errors = []
    low, high, step = FARGATE[tasks["cpu"]]
    fits = low <= tasks["memory"] <= high and tasks["memory"] % step == 0
    if not fits and (tasks["cpu"], tasks["memory"]) != (512, 3072):
        errors.append(
            f"{where}.memory: with {tasks['cpu']} CPU units Fargate gives {low} to {high} MiB"
            f" in steps of {step}, not {tasks['memory']}"
        )
    return errors


def read(path):
    """Reads and checks an environment file; prints every mistake."""
    errors, environment = [], None
    try:
        environment = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=without_doubles)
    except OSError as e:
        known = ", ".join(sorted(file.stem for file in ENVIRONMENTS.glob("*.json")))
        errors.append(f"cannot be read ({e.strerror}). The environments are {known}")
    except ValueError as e:
        errors.append(f"is not JSON: {e}")
    if not errors:
        errors = check(environment, path.stem)
    for error in errors:
        print(f"{path.name}: {error}", file=sys.stderr)
    if errors:
        raise Stop(f"{path.name} has mistakes; nothing was changed")
    for region in environment["regions"] if INFERENCE in environment["pools"] else []:
        given, most = environment["pools"][INFERENCE]["maxTasks"], inference_tasks(environment, region)
        if most < given:
            print(
                f"{path.name}: pools.{INFERENCE}.maxTasks is {given}; {most} is used in {region}, because more workers could"
                " not make more calls than the limits of the API keys allow",
                file=sys.stderr,
            )
    return environment


def without_doubles(pairs):
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"the key {key} occurs twice")
    return dict(pairs)


# ------------------------------------------------------------------------------------------------------ parameters


def subnets(block, zones):
    """Public and private subnets: a zone's tasks have an eighth of the VPC; its public subnet is 1/32 of the VPC."""
    eighths = list(ipaddress.IPv4Network(block).subnets(prefixlen_diff=3))
    public = list(eighths[-1].subnets(prefixlen_diff=2))
    return ",".join(map(str, public[:zones])), ",".join(map(str, eighths[:zones]))


def flag(value):
    return "true" if value else "false"


def regions_home_first(environment):
    home = environment["homeRegion"]
    return [home] + [region for region in environment["regions"] if region != home]


def application_json(environment):
    """The settings of inference jobs, as Spring Boot reads them from SPRING_APPLICATION_JSON; only ASCII characters."""
    settings = environment["inference"]
    return json.dumps({"renderfleet": {"inference": settings}}, separators=(",", ":")) if settings else ""


def settings_parameters(document):
    """The document in parts that fit into parameters. The parameters that are not needed are empty."""
    return {
        f"InferenceSettings{index + 1}": document[index * PARAMETER_BYTES : (index + 1) * PARAMETER_BYTES]
        for index in range(SETTINGS_PARAMETERS)
    }


def key_pools(environment, region):
    """The pools of API keys that the workers of a region use."""
    every = environment["inference"].get("pools", {}).values()
    return [key_pool for key_pool in every if region in (key_pool.get("regions") or [region])]


def inference_secrets(environment, region):
    """The ARNs of the secrets with the API keys of a region, separated by commas."""
    return ",".join(sorted({key["secret"] for key_pool in key_pools(environment, region) for key in key_pool["keys"]}))


def inference_tasks(environment, region):
    """The most workers of inference jobs in a region: more could not make more calls than the limits of the keys allow."""
    pool, settings = environment["pools"][INFERENCE], environment["inference"]
    if not settings:
        return pool["maxTasks"]
    calls = sum(
        limits["concurrency"]
        for key_pool in key_pools(environment, region)
        for limits in key_pool["domains"].values()
    )
    # A worker whose jobs have one task each makes a call for each slot.
    of_a_worker = min(settings.get("calls", CALLS), pool["slots"])
    return max(1, pool["minTasks"], min(pool["maxTasks"], -(-calls // of_a_worker)))


def parameters(environment, stack, region, pool=None):
    """The parameters that the environment file gives to a stack in a region, and of a pool if each pool has one."""
    place = environment["regions"][region]
    public, private = subnets(place["vpcCidr"], place["azs"])
    regions = regions_home_first(environment)
    with_cdn = bool(environment["cdnKeyParameter"])
    values = {
        "Env": environment["env"],
        "HomeRegion": environment["homeRegion"],
        "Regions": ",".join(regions),
        "Pools": ",".join(f"{name}={values['kind']}" for name, values in environment["pools"].items()),
        "VpcCidr": place["vpcCidr"],
        "PublicSubnetCidrs": public,
        "PrivateSubnetCidrs": private,
        "AzCount": place["azs"],
        "NatPerAz": flag(environment["natPerAz"]),
        "InterfaceEndpoints": flag(environment["interfaceEndpoints"]),
        "EndpointPrefix": "com.amazonaws",
        "PartitionEndpointPrefix": "cn.com.amazonaws" if region.startswith("cn-") else "com.amazonaws",
        "DeletionProtection": flag(environment["deletionProtection"]),
        "LogRetentionDays": environment["logRetentionDays"],
        "ResultDays": environment["resultDays"],
        "AlarmEmail": environment["alarmEmail"],
        "MonthlyBudget": environment["monthlyBudget"],
        "AlertsTopic": environment["alertsTopic"],
        "ApiUrl": environment["apiUrl"],
        "CertificateParameter": environment["certificateParameter"],
        "Telemetry": flag(environment["telemetry"]),
        "PrometheusUrl": environment["prometheusUrl"],
        "Architecture": environment["architecture"],
        "ResultsOverCdn": flag(with_cdn),
        **rows(environment["env"], regions),
        "PoolAlarms": any_alarm(environment, region),
        "MasterPoolAlarms": any_alarm(environment, "master"),
    }
    if pool:
        values["Pool"] = pool
    if environment["prometheusUrl"]:
        found = re.search(r"\.([a-z]{2}(?:-[a-z]+)+-[0-9]+)\.", environment["prometheusUrl"])
        values["PrometheusRegion"] = found.group(1) if found else environment["homeRegion"]
    if with_cdn:
        values["CdnKeyParameter"] = environment["cdnKeyParameter"]
    part = environment[PARTS[stack]] if stack in PARTS else environment["pools"][pool] if pool else {}
    for key, value in part.items():
        values[key[0].upper() + key[1:]] = value
    if stack == "api-service" or pool == INFERENCE:
        values.update(settings_parameters(application_json(environment)))
    if stack == "bridge-service":
        values["BrokerPort"] = environment["bridge"]["bootstrapServers"].rsplit(":", 1)[1]
    if pool == INFERENCE:
        values["InferenceSecrets"] = inference_secrets(environment, region)
        values["MaxTasks"] = inference_tasks(environment, region)
    return {key: str(value) for key, value in values.items()}


def any_alarm(environment, owner):
    """The rule of a composite alarm over the alarms of all pools: a template cannot iterate over a list."""
    return " OR ".join(f'ALARM("renderfleet-{environment["env"]}-{owner}-{pool}")' for pool in environment["pools"])


def rows(env, regions):
    """A line of the dashboard of all regions for each region, because a template cannot iterate over a list."""
    jobs, workers = [], []
    for region in regions:
        search = (
            'SUM(SEARCH(\'{AWS/SQS,QueueName} MetricName=("ApproximateNumberOfMessagesVisible" OR'
            f' "ApproximateNumberOfMessagesNotVisible") renderfleet {env} NOT dlq NOT master\', \'Maximum\', 60))'
        )
        jobs.append([{"expression": search, "label": region, "region": region}])
        search = (
            'SUM(SEARCH(\'{ECS/ContainerInsights,ClusterName,ServiceName} MetricName="RunningTaskCount"'
            f' ClusterName="renderfleet-{env}" worker\', \'Average\', 60))'
        )
        workers.append([{"expression": search, "label": region, "region": region}])
    return {
        "JobRows": ", ".join(map(json.dumps, jobs)),
        "WorkerRows": ", ".join(map(json.dumps, workers)),
    }


def declared(stack):
    """The names of a template's parameters, and whether each has a default. Understands only the YAML that we write."""
    found, name, inside = {}, None, False
    for line in (TEMPLATES / f"{stack}.yaml").read_text(encoding="utf-8").splitlines():
        if re.match(r"\S", line) and not line.startswith("#"):
            inside = line.startswith("Parameters:")
        elif inside and (match := re.match(r"  (\w+):$", line)):
            name = match.group(1)
            found[name] = False
        elif inside and name and line.startswith("    Default:"):
            found[name] = True
    return found


def resource_count(stack):
    body = (TEMPLATES / f"{stack}.yaml").read_text(encoding="utf-8")
    return len(re.findall(r"^    Type: AWS::", body, re.M))


def plan(environment):
    """Every stack of an environment, as (stack, region, pool or None), in the order of deployment."""
    for stack, where, for_each_pool in STACKS:
        if stack == "cdn" and not environment["cdnKeyParameter"]:
            continue
        if stack == "telemetry" and not environment["telemetry"]:
            continue
        if stack == "bridge-service" and not environment["bridge"]:
            continue
        for pool in environment["pools"] if for_each_pool else [None]:
            for region in regions_home_first(environment) if where == "every" else [environment["homeRegion"]]:
                yield stack, region, pool


# ------------------------------------------------------------------------------------------------------------- AWS


def aws(region, *arguments, absent=None):
    """Calls the AWS command line and returns its output; None if the error message contains the text in absent."""
    command = ["aws", "--region", region, "--output", "json", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Stop("The AWS command line is missing. Install awscli.") from None
    if done.returncode == 0:
        return json.loads(done.stdout) if done.stdout.strip() else {}
    problem = done.stderr.strip()
    if absent and absent in problem:
        return None
    why = problem.splitlines()[-1] if problem else "no reason given"
    raise Stop(f"{region}: aws {arguments[0]} {arguments[1]} failed: {why}")


class Stack:
    """One stack in one region. If each pool has one, its name ends with the name of the pool."""

    def __init__(self, environment, stack, region, pool):
        self.kind = stack
        self.region = region
        self.pool = pool
        self.name = f"renderfleet-{environment['env']}-{stack}" + (f"-{pool}" if pool else "")
        self.environment = environment

    def __str__(self):
        return f"{self.region} {self.name}"

    def found(self):
        answer = aws(
            self.region, "cloudformation", "describe-stacks", "--stack-name", self.name, absent="does not exist"
        )
        return answer["Stacks"][0] if answer and answer.get("Stacks") else None

    def exists(self):
        found = self.found()
        return bool(found) and found["StackStatus"] != "REVIEW_IN_PROGRESS"

    def outputs(self):
        found = self.found() or {}
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def propose(self, values, update):
        """Creates a change set and returns its name and changes; None if there are no changes."""
        given = []
        for name, has_default in declared(self.kind).items():
            if name in values:
                given.append({"ParameterKey": name, "ParameterValue": values[name]})
            elif name == "ImageDigest" and update:
                given.append({"ParameterKey": name, "UsePreviousValue": True})
            elif not has_default:
                raise Stop(
                    f"{self}: neither the environment file nor an earlier stack sets the parameter {name}"
                )
        change = f"renderfleet-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}"
        command = [
            "cloudformation", "create-change-set",
            "--stack-name", self.name,
            "--change-set-name", change,
            "--change-set-type", "UPDATE" if update else "CREATE",
            "--template-body", f"file://{TEMPLATES / self.kind}.yaml",
            "--capabilities", "CAPABILITY_IAM",
            "--parameters", json.dumps(given),
            "--tags", "Key=project,Value=renderfleet", f"Key=env,Value={self.environment['env']}",
        ]
        if not update and self.kind in WITH_DATA:
            command.append("--import-existing-resources")
        if role := os.environ.get("AWS_DEPLOYMENT_ROLE"):
            command += ["--role-arn", role]
        if aws(self.region, *command, absent="No updates are to be performed") is None:
            return None
        while True:
            answer = aws(
                self.region, "cloudformation", "describe-change-set",
                "--stack-name", self.name, "--change-set-name", change,
            )
            if answer["Status"] == "FAILED":
                self.forget(change)
                reason = answer.get("StatusReason", "")
                if "didn't contain changes" in reason or "No updates are to be performed" in reason:
                    return None
                raise Stop(f"{self}: {reason}")
            if not answer["Status"].endswith(("PENDING", "IN_PROGRESS")):
                changes = [entry["ResourceChange"] for entry in answer.get("Changes", []) if "ResourceChange" in entry]
                return change, changes
            time.sleep(2)

    def forget(self, change):
        aws(self.region, "cloudformation", "delete-change-set", "--stack-name", self.name, "--change-set-name", change)

    def execute(self, change):
        began = time.gmtime(time.time() - 5)
        aws(self.region, "cloudformation", "execute-change-set", "--stack-name", self.name, "--change-set-name", change)
        self.settle(began, ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"))

    def settle(self, began, good):
        status = "DELETE_COMPLETE"
        while found := self.found():
            status = found["StackStatus"]
            if status in good or not status.endswith("IN_PROGRESS"):
                break
            time.sleep(5)
        else:
            status = "DELETE_COMPLETE"
        if status in good:
            return
        since = time.strftime("%Y-%m-%dT%H:%M:%S", began)
        events = aws(self.region, "cloudformation", "describe-stack-events", "--stack-name", self.name)["StackEvents"]
        for event in reversed(events):
            if event["Timestamp"] >= since and event["ResourceStatus"].endswith("FAILED"):
                print(f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}", file=sys.stderr)
        raise Stop(f"{self} is {status}. {self.way_on(status)}")

    def way_on(self, status):
        if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
            return (
                "Its creation or deletion failed. Fix the errors above, delete the stack with: aws cloudformation"
                f" delete-stack --region {self.region} --stack-name {self.name}, and run the same command again."
            )
        if status == "UPDATE_ROLLBACK_FAILED":
            return (
                "Fix the errors above, run: aws cloudformation continue-update-rollback"
                f" --region {self.region} --stack-name {self.name}, and run the same command again."
            )
        return "Its previous state was restored. Fix the errors above and run the same command again."


def show(changes):
    for change in changes:
        replaced = {"True": " (replaced)", "Conditional": " (may be replaced)"}.get(change.get("Replacement"), "")
        print(f"  {change['Action']:<8}{change['ResourceType']:<48}{change['LogicalResourceId']}{replaced}")


def refuse_loss(stack, changes):
    for change in changes:
        replaced = change["Action"] == "Modify" and change.get("Replacement") == "True"
        if replaced and change["ResourceType"] in PRECIOUS:
            raise Stop(
                f"{stack}: this change would replace {change['LogicalResourceId']}, and the new one would not have its"
                " data. Nothing was changed. Undo the change of its name or keys."
            )


def image_digest(environment, stack, region, tag):
    """The digest of an image, by which tasks refer to it; None if the region does not have it."""
    repository = f"renderfleet-{environment['env']}-{SERVICES[stack]}"
    found = aws(
        region, "ecr", "describe-images", "--repository-name", repository, "--image-ids", f"imageTag={tag}",
        absent="ImageNotFoundException",
    )
    return found["imageDetails"][0]["imageDigest"] if found and found.get("imageDetails") else None


# -------------------------------------------------------------------------------------------------------- commands


def command_check(options):
    paths = [Path(path) for path in options.files] or sorted(ENVIRONMENTS.glob("*.json"))
    wrong = 0
    for path in paths:
        try:
            read(path)
        except Stop:
            wrong += 1
    if wrong:
        raise Stop(f"{wrong} of {len(paths)} environment files have mistakes")
    print(f"Environment files without mistakes: {', '.join(path.stem for path in paths)}")


class Outputs:
    """The outputs of the stacks so far, by region and pool, for the stacks after them."""

    def __init__(self):
        self.found = {}

    def add(self, stack):
        self.found.setdefault((stack.region, stack.pool), {}).update(stack.outputs())

    def of(self, region, pool=None):
        return {**self.found.get((region, None), {}), **self.found.get((region, pool), {})}


def values_of(environment, stack, digest, outputs):
    values = {
        **parameters(environment, stack.kind, stack.region, stack.pool),
        **outputs.of(stack.region, stack.pool),
    }
    if digest:
        values["ImageDigest"] = digest
    return values


def command_deploy(options):
    environment = read(ENVIRONMENTS / f"{options.env}.json")
    outputs = Outputs()
    for kind, region, pool in plan(environment):
        stack = Stack(environment, kind, region, pool)
        update = stack.exists()
        digest = require_image(environment, stack, update, options) if kind in SERVICES else None
        proposed = stack.propose(values_of(environment, stack, digest, outputs), update)
        if proposed is None:
            print(f"{stack}: no changes")
        else:
            change, changes = proposed
            print(f"{stack}: {'changes' if update else 'new'}")
            show(changes)
            try:
                refuse_loss(stack, changes)
                confirm(options, "Make these changes?")
            except Stop:
                stack.forget(change)
                raise
            stack.execute(change)
            print(f"{stack}: done")
        outputs.add(stack)
    home = outputs.of(environment["homeRegion"])
    print(f"{options.env} is deployed. The address of its API: {home.get('ApiAddress', 'not known yet')}")


def require_image(environment, stack, update, options):
    """The digest of the image with the requested tag; None to keep the deployed image."""
    if not options.image_tag:
        if update:
            return None
        raise Stop(
            f"{stack}: the tag of its image is missing. All stacks that it needs are deployed. Push the images with"
            f" deploy/images.sh {options.env} TAG, then continue with: make deploy ENV={options.env} IMAGE_TAG=TAG"
        )
    digest = image_digest(environment, stack.kind, stack.region, options.image_tag)
    if digest is None:
        raise Stop(
            f"{stack}: {stack.region} has no image renderfleet-{options.env}-{SERVICES[stack.kind]}:{options.image_tag}."
            " Push it there and run the same command again; the stacks above are deployed."
        )
    return digest


def command_diff(options):
    environment = read(ENVIRONMENTS / f"{options.env}.json")
    outputs = Outputs()
    for kind, region, pool in plan(environment):
        stack = Stack(environment, kind, region, pool)
        if not stack.exists():
            print(f"{stack}: new, up to {resource_count(kind)} resources")
            continue
        digest = None
        if kind in SERVICES and options.image_tag:
            digest = image_digest(environment, kind, region, options.image_tag)
            if digest is None:
                print(f"{stack}: {region} has no image with this tag yet; the changes assume the deployed image")
        proposed = stack.propose(values_of(environment, stack, digest, outputs), True)
        if proposed is None:
            print(f"{stack}: no changes")
        else:
            change, changes = proposed
            stack.forget(change)
            print(f"{stack}: changes")
            show(changes)
        outputs.add(stack)


def command_destroy(options):
    environment = read(ENVIRONMENTS / f"{options.env}.json")
    there = [stack for stack in (Stack(environment, *entry) for entry in plan(environment)) if stack.found()]
    if not there:
        print(f"{options.env} has no stacks")
        return
    for stack in reversed(there):
        print(f"  {stack}")
    print("This deletes these stacks. Tables, queues, buckets and images are kept.")
    if environment["deletionProtection"]:
        print("The load balancer is protected: set deletionProtection to false and deploy before you delete it.")
    confirm(options, f"Type {options.env} to delete them:", options.env)
    for stack in reversed(there):
        began = time.gmtime(time.time() - 5)
        aws(stack.region, "cloudformation", "delete-stack", "--stack-name", stack.name)
        stack.settle(began, ("DELETE_COMPLETE",))
        print(f"{stack}: deleted")


def confirm(options, question, expected="y"):
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise Stop("There is no terminal to confirm the changes. Set YES=1 to apply them without asking.")
    if input(f"{question} [{expected}] ").strip().lower() != expected:
        raise Stop("Cancelled; no further changes were made. Run the same command again to continue.")


def main():
    parser = argparse.ArgumentParser(description="Deploys Renderfleet's stacks.")
    commands = parser.add_subparsers(required=True)
    check_files = commands.add_parser("check", help="check all environment files, or only the given ones")
    check_files.add_argument("files", nargs="*")
    check_files.set_defaults(run=command_check)
    for name, run, words in (
        ("diff", command_diff, "show what deploy would change"),
        ("deploy", command_deploy, "create and update the stacks"),
        ("destroy", command_destroy, "delete the stacks and keep the data"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("env")
        command.add_argument("--image-tag", default="", help="tag of the images; by default the deployed one")
        command.add_argument("--yes", action="store_true", help="do not ask for confirmation")
        command.set_defaults(run=run)
    options = parser.parse_args()
    try:
        options.run(options)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. CloudFormation continues the current change. Run the same command again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
