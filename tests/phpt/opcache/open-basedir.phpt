--TEST--
Promise 9: a job whose open_basedir does not have a file does not include it either when opcache has compiled it for another
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('in'));
mkdir(tmp('out'));
file_put_contents(tmp('out/secret.php'), '<?php return "SECRET";');
file_put_contents(tmp('in/own.php'), '<?php return "own";');
symlink(tmp('out/secret.php'), tmp('in/link.php'));
$phar = 'out/secret.phar';
$process = run([...php_command(['phar.readonly' => 0], ['phar']), '-r', '$p = new Phar($argv[1]); $p["secret.php"] = "<?php return \"SECRET\";";
    $p = new Phar($argv[2]); $p["of/own.php"] = "<?php return \"own\";";', tmp($phar), tmp('in/own.phar')]);
file_put_contents(tmp('in/look.php'), '<?php
    set_error_handler(function (int $level, string $text) use (&$said): bool { $said[] = preg_replace("/.*(open_basedir|Failed to open|Failed opening).*/s", "\$1", $text); return true; });
    set_include_path(' . var_export(tmp('out'), true) . ');
    if ($argv[1] === "") Phar::loadPhar(' . var_export(tmp($phar), true) . ', "alias.phar"); else ini_set("open_basedir", $argv[1]);
    $found = [];
    foreach ([' . var_export(tmp('out/secret.php'), true) . ', "secret.php", "link.php", ' . var_export('phar://' . tmp("$phar/secret.php"), true) . ', "phar://alias.phar/secret.php", "own.php", ' . var_export('phar://' . tmp('in/own.phar/of/own.php'), true) . ', "file://' . tmp('out/secret.php') . '"] as $file) {
        foreach ([fn () => include $file, fn () => require $file, fn () => include_once $file, fn () => require_once $file] as $include) {
            $said = [];
            try { $value = $include(); } catch (Error $e) { $value = "Error"; }
            $found[basename(dirname($file)) . "/" . basename($file)][] = is_string($value) ? $value : json_encode($value);
        }
        $found[basename(dirname($file)) . "/" . basename($file)][] = implode(", ", $said);
    }
    return $found;');
ended(php('
    chdir(' . var_export(tmp('in'), true) . ');
    $vm = FfiZts::boot(["threads" => 1, "extensions" => ["opcache"], "ini" => ["opcache.enable" => 1, "opcache.validate_timestamps" => 0, "opcache.file_update_protection" => 0]]);
    foreach (["", "", ' . var_export(tmp('in'), true) . ', ""] as $confined) {
        echo $confined === "" ? "free\n" : "confined\n";
        foreach ($vm->runScript("look.php", [$confined])->value as $file => $found) {
            echo "  $file ", rtrim(implode(" ", $found)), "\n";
        }
    }
    echo count(array_filter(array_keys($vm->runScript(script("return opcache_get_status()[\"scripts\"];"))->value), fn (string $file): bool => str_contains($file, "secret"))), " cached\n";
'));
?>
--EXPECT--
status 0: free
  out/secret.php SECRET SECRET true true  SECRET SECRET true true
  ./secret.php SECRET SECRET true true
  ./link.php SECRET SECRET true true
  secret.phar/secret.php SECRET SECRET true true
  alias.phar/secret.php SECRET SECRET true true
  ./own.php own own true true
  of/own.php own own true true
free
  out/secret.php SECRET SECRET true true  SECRET SECRET true true
  ./secret.php SECRET SECRET true true
  ./link.php SECRET SECRET true true
  secret.phar/secret.php SECRET SECRET true true
  alias.phar/secret.php SECRET SECRET true true
  ./own.php own own true true
  of/own.php own own true true
confined
  out/secret.php false Error false Error open_basedir, Failed to open false Error false Error open_basedir, Failed to open
  ./secret.php false Error false Error open_basedir, Failed to open
  ./link.php false Error false Error open_basedir, Failed to open
  secret.phar/secret.php false Error false Error open_basedir, Failed to open
  alias.phar/secret.php false Error false Error open_basedir, Failed to open
  ./own.php own own true true
  of/own.php own own true true
free
  out/secret.php SECRET SECRET true true  SECRET SECRET true true
  ./secret.php SECRET SECRET true true
  ./link.php SECRET SECRET true true
  secret.phar/secret.php SECRET SECRET true true
  alias.phar/secret.php SECRET SECRET true true
  ./own.php own own true true
  of/own.php own own true true
2 cached
