--TEST--
Promises 9, 10: under a SAPI that is no command line a script sets what it could set in its host, and what tunes the guest's start
--FILE--
<?php
require __DIR__ . '/web.inc';

file_put_contents(tmp('secret.ini'), "[*]\nbrowser = SECRET\n");
$code = '
    $try = fn (array $options) => get_class(FfiZts::boot($options));
    foreach (["sqlite3.extension_dir", "browscap", "phar.cache_list", "extension_dir", "opcache.preload", "opcache.file_cache", "error_log",
        "session.save_path", "sendmail_path", "Precision", "no.such_setting", "zend.max_allowed_stack_size"] as $key) {
        show($key, fn () => $try(["ini" => [$key => "SECRET"]]));
        try { FfiZts::boot()->withIniEntry($key, "SECRET"); echo "withIniEntry accepts $key\n"; } catch (FfiZts\PolicyException) { }
    }
    foreach (["precision" => 5, "date.timezone" => "Asia/Tokyo", "opcache.enable" => 1, "opcache.jit_buffer_size" => "8M", "realpath_cache_size" => "1M",
        "output_buffering" => 0, "disable_functions" => "mail"] as $key => $value) {
        show($key, fn () => $try(["ini" => [$key => $value]]));
    }
    foreach (["cli", "cgi-fcgi", "embed", "phpdbg", "my-app"] as $name) {
        show($name, fn () => $try(["sapi_name" => $name]));
    }
    foreach (["library", "runtime", "ini_file"] as $name) {
        show($name, fn () => FfiZts\Internal\Doctor::findings([$name => "/nowhere"]));
    }
    show("cli", fn () => FfiZts\Internal\Cli::main(["mode" => "code", "script" => "echo 1;", "ini_text" => "sqlite3.extension_dir=SECRET\n"]));
    show("what is left of it", fn () => FfiZts::boot()->runScript(GUEST)->value);';
$guest = script('$d = new SQLite3(":memory:");
    try { $loaded = @$d->loadExtension("evil.so"); } catch (Throwable $e) { $loaded = $e->getMessage(); }
    return [ini_get("sqlite3.extension_dir"), $loaded, @get_browser("x", true) ?: "no browser", (bool) @fopen("php://fd/1", "w"), PHP_SAPI];', 'guest.php');
$code = str_replace('GUEST', var_export($guest, true), $code);
$web = new Web();
echo $web->page($code), "\n";
unset($web);
echo "--- by the administrator\n";
$web = new Web(['ffi_zts.ini' => '"sqlite3.extension_dir=/set;browscap=' . tmp('secret.ini') . '"', 'ffi_zts.sapi_name' => 'cli']);
echo $web->page('show("from php.ini", fn () => FfiZts::boot()->runScript(' . var_export($guest, true) . ')->value);'), "\n";
unset($web);
$web = new Web(['ffi_zts.allow_runtime_options' => 1]);
echo $web->page('show("allowed", fn () => FfiZts::boot(["sapi_name" => "cli", "ini" => ["sqlite3.extension_dir" => "/set"]])->runScript(' . var_export($guest, true) . ')->value);'), "\n";
?>
--EXPECTF--
sqlite3.extension_dir: FfiZts\PolicyException: option `ini["sqlite3.extension_dir"]` is not taken from a script under the SAPI cli-server: it may choose native code or files, or weaken a policy, or this PHP lets no script set it; set it in ffi_zts.ini in php.ini, or let the administrator set ffi_zts.allow_runtime_options=1 there
browscap: FfiZts\PolicyException: option `ini["browscap"]` is not taken from a script %s
phar.cache_list: FfiZts\PolicyException: option `ini["phar.cache_list"]` is not taken from a script %s
extension_dir: FfiZts\PolicyException: option `ini["extension_dir"]` is not taken from a script %s
opcache.preload: FfiZts\PolicyException: option `ini["opcache.preload"]` is not taken from a script %s
opcache.file_cache: FfiZts\PolicyException: option `ini["opcache.file_cache"]` is not taken from a script %s
error_log: FfiZts\PolicyException: option `ini["error_log"]` is not taken from a script %s
session.save_path: FfiZts\PolicyException: option `ini["session.save_path"]` is not taken from a script %s
sendmail_path: FfiZts\PolicyException: option `ini["sendmail_path"]` is not taken from a script %s
Precision: FfiZts\PolicyException: option `ini["Precision"]` is not taken from a script %s
no.such_setting: FfiZts\PolicyException: option `ini["no.such_setting"]` is not taken from a script %s
zend.max_allowed_stack_size: FfiZts\PolicyException: option `ini["zend.max_allowed_stack_size"]` is not taken from a script %s
precision: "FfiZts\\Vm"
date.timezone: "FfiZts\\Vm"
opcache.enable: "FfiZts\\Vm"
opcache.jit_buffer_size: "FfiZts\\Vm"
realpath_cache_size: "FfiZts\\Vm"
output_buffering: "FfiZts\\Vm"
disable_functions: "FfiZts\\Vm"
cli: FfiZts\PolicyException: option `sapi_name` = "cli" would open to the guest what PHP keeps for a command line (php://fd, dl(), FFI) and is not taken from a script under the SAPI cli-server; set ffi_zts.sapi_name in php.ini, or let the administrator set ffi_zts.allow_runtime_options=1 there
cgi-fcgi: FfiZts\PolicyException: option `sapi_name` = "cgi-fcgi" would %s
embed: FfiZts\PolicyException: option `sapi_name` = "embed" would %s
phpdbg: FfiZts\PolicyException: option `sapi_name` = "phpdbg" would %s
my-app: "FfiZts\\Vm"
library: FfiZts\PolicyException: option `library` chooses what the process executes %s
runtime: FfiZts\PolicyException: option `runtime` chooses what the process executes %s
ini_file: FfiZts\PolicyException: option `ini_file` chooses what the process executes %s
cli: FfiZts\PolicyException: FfiZts\Internal\Cli::main() is for a command line that nothing confines and is not to be had under the SAPI cli-server, unless the administrator sets ffi_zts.allow_runtime_options=1 in php.ini
what is left of it: ["",false,"no browser",false,"my-app"]
--- by the administrator
from php.ini: ["/set",false,{"browser_name_regex":"~^.*$~","browser_name_pattern":"*","browser":"SECRET"},true,"cli"]
allowed: ["/set",false,"no browser",true,"cli"]
