--TEST--
A guest's settings are the host's as docs/settings.md says, where its own ini and ini_file say nothing
--FILE--
<?php
require __DIR__ . '/../support.inc';

/** @return array<string, list<string>> the names of each table */
function tables(): array
{
    $tables = [];
    foreach (array_slice(explode("\n## ", file_get_contents(root() . '/docs/settings.md')), 1) as $part) {
        preg_match_all('/^\| (`[^|]+) \|/m', $part, $rows);
        preg_match_all('/`([^`]+)`/', implode(' ', $rows[1]), $names);
        $tables[strtok($part, "\n")] = $names[1];
    }
    return $tables;
}

function table(string $setting): ?string
{
    // The guest's own are exceptions from what is taken over.
    foreach (array_reverse(tables()) as $table => $names) {
        foreach ($names as $name) {
            if (str_ends_with($name, '.*') ? str_starts_with($setting, substr($name, 0, -1)) : $setting === $name) {
                return $table;
            }
        }
    }
    return null;
}

$all = script('return array_map(fn (array $setting) => $setting["global_value"], ini_get_all());');
$plain = FfiZts::boot()->runScript($all)->value;
echo 'in no table: ', implode(', ', array_filter(array_keys($plain), fn (string $name) => table($name) === null)) ?: 'none', "\n";

file_put_contents(tmp('prepend.php'), '<?php const PREPENDED = 1;');
mkdir(tmp('sessions'));
$values = ['date.timezone' => 'Asia/Tokyo', 'error_log' => tmp('log'), 'error_reporting' => '22527', 'include_path' => '.:/opt', 'variables_order' => 'SCPG', 'request_order' => 'PG',
    'session.save_path' => tmp('sessions'), 'session.save_handler' => 'files', 'session.serialize_handler' => 'php_serialize', 'session.name' => 'OTHER', 'session.cookie_samesite' => 'Lax',
    'session.sid_bits_per_character' => '4', 'session.cache_limiter' => 'public', 'session.lazy_write' => '0', 'default_charset' => 'ISO-8859-1', 'input_encoding' => 'ISO-8859-1', 'internal_encoding' => 'ISO-8859-1',
    'output_encoding' => 'ISO-8859-1', 'filter.default' => 'full_special_chars', 'sendmail_path' => '/bin/true', 'syslog.facility' => 'LOG_LOCAL1', 'syslog.filter' => 'all',
    'sys_temp_dir' => tmp(), 'zend.assertions' => '-1', 'error_log_mode' => '0640', 'assert.callback' => 'strlen', 'unserialize_callback_func' => 'strlen', 'auto_prepend_file' => tmp('prepend.php'),
    'zend.script_encoding' => '', 'zend.multibyte' => '0', 'display_startup_errors' => '', 'fiber.stack_size' => '1048576', 'zend.max_allowed_stack_size' => '4M', 'output_buffering' => '0', 'ignore_user_abort' => '1', 'log_errors' => 'Off', 'realpath_cache_size' => '1M',
    'filter.default_flags' => '4', 'mail.log' => tmp('mail'), 'session.gc_probability' => '7', 'session.auto_start' => '0', 'highlight.html' => '#123456', 'browscap' => '', 'enable_post_data_reading' => '0',
    'session.use_trans_sid' => '0', 'session.use_only_cookies' => '1', 'session.trans_sid_hosts' => 'h', 'output_handler' => '', 'zlib.output_handler' => ''];
$other = fn (string $name, ?string $value): string => $values[$name] ?? match (true) {
    $value === '0' || $value === '1' => (string) (1 - (int) $value),
    is_numeric($value) => (string) ($value + 1),
    default => 'x',
};
$host = array_map(fn (array $setting) => $setting['global_value'], ini_get_all());
$ini = [];
foreach (array_keys($host) as $name) {
    $fixed = ['The host\'s, whatever the options say'];
    if (!in_array(table($name), $fixed, true) && !preg_match('/^(ffi_zts|opcache|ffi|extension_dir|cli|max_input_nesting_level|hard_timeout|sqlite3.extension_dir|user_ini|memory)\b/', $name)) {
        $ini[$name] = $other($name, $host[$name]);
    }
}
$process = php('$host = array_map(fn (array $setting) => $setting["global_value"], ini_get_all());
    $guest = FfiZts::boot()->runScript(' . var_export($all, true) . ')->value;
    file_put_contents(' . var_export(tmp('seen'), true) . ', serialize([$host, $guest, defined("PREPENDED"), FfiZts::boot()->runScript(script("return defined(\"PREPENDED\");"))->value]));', $ini);
[$host, $guest, $here, $there] = unserialize((string) file_get_contents(tmp('seen'))) + [1 => [], 2 => null, 3 => null];
$compared = ['Taken over' => 0, 'The guest\'s own' => 0];
foreach (array_keys($ini) as $name) {
    if (!array_key_exists($name, $plain)) {
        continue; // only the host has it
    }
    $want = table($name) === 'Taken over' ? $host[$name] : $plain[$name];
    $compared[table($name)] += $host[$name] !== $plain[$name];
    if ($guest[$name] !== $want) {
        echo table($name), ": $name is ", json_encode($guest[$name]), ' and not ', json_encode($want), "\n";
    }
}
echo $compared['Taken over'] > 70 ? 'enough' : $compared['Taken over'], ' taken over, ', $compared['The guest\'s own'] > 10 ? 'enough' : $compared['The guest\'s own'], " its own\n";
var_dump($here, $there);

echo "what beats it\n";
file_put_contents(tmp('guest.ini'), "user_agent = file\nfrom = file\nlog_errors = On\n");
ended(php('$vm = FfiZts::boot(["ini_file" => ' . var_export(tmp('guest.ini'), true) . ', "ini" => ["precision" => "3", "from" => "option"]]);
    $look = script("return [ini_get(\"user_agent\"), ini_get(\"from\"), ini_get(\"precision\"), ini_get(\"log_errors\"), ini_get(\"serialize_precision\"), ini_get(\"short_open_tag\")];");
    echo json_encode($vm->runScript($look)->value), "\n";
    foreach (["user_agent", "from", "precision"] as $name) ini_set($name, "7");
    ini_set("serialize_precision", "8");
    echo json_encode($vm->runScript($look)->value), "\n";',
    ['user_agent' => 'host', 'from' => 'host', 'precision' => '5', 'log_errors' => '0', 'serialize_precision' => '6', 'short_open_tag' => 'Off']));

echo "what it is good for\n";
ended(php('$vm = FfiZts::boot();
    file_put_contents(tmp("feed.phtml"), "<?xml version=\"1.0\"?>\n<rss><?= 1 + 1 ?></rss>\n");
    $vm->runScript(tmp("feed.phtml"));
    try { $vm->runScript(script("function connect(string \$password) { throw new RuntimeException(\"no\"); } connect(\"hunter2\");")); }
    catch (RuntimeException $failed) { echo str_contains($failed->getTraceAsString(), "hunter2") ? "given away" : "kept", "\n"; }
    $id = $vm->runScript(script("session_start(); \$_SESSION[\"n\"] = 5; return session_id();"))->value;
    session_id($id); ob_start(); session_start(); $n = $_SESSION["n"] ?? "none"; ob_end_clean(); echo "$n\n";
    // The start of the process counts, not what a script has made of it before the boot; that is for its jobs.
    echo ini_get("session.save_path") === ' . var_export(tmp('sessions'), true) . ' ? "there" : ini_get("session.save_path"), "\n";',
    ['short_open_tag' => 'Off', 'zend.exception_ignore_args' => 'On', 'session.save_path' => tmp('sessions'), 'session.use_cookies' => '0', 'session.cache_limiter' => '']));
?>
--EXPECT--
in no table: none
enough taken over, enough its own
bool(true)
bool(false)
what beats it
status 0: ["file","option","3","1","6",""]
["file","option","3","1","8",""]
what it is good for
status 0: <?xml version="1.0"?>
<rss>2</rss>
kept
5
there
