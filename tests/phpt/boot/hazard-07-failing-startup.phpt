--TEST--
Hazard 7: a startup that would end php becomes an exception, and the host lives
--FILE--
<?php
require __DIR__ . '/../support.inc';

file_put_contents(tmp('syntax.ini'), "precision = \"unterminated\n[[[[\n");
file_put_contents(tmp('preload-ok.php'), '<?php');
$cases = [
    'preload that is missing' => ['extensions' => ['opcache'], 'ini' => ['opcache.enable' => 1, 'opcache.preload' => tmp('missing.php'), 'opcache.preload_user' => '']],
    'preload that fails' => ['extensions' => ['opcache'], 'ini' => ['opcache.enable' => 1, 'opcache.preload' => script('no_such_function();')]],
    'preload with a user' => ['extensions' => ['opcache'], 'ini' => ['opcache.enable' => 1, 'opcache.preload' => tmp('preload-ok.php'), 'opcache.preload_user' => 'nobody']],
    'ini file that is missing' => ['ini_file' => tmp('missing.ini')],
    'ini file with errors' => ['ini_file' => tmp('syntax.ini')],
    'encodings' => ['ini' => ['zend.multibyte' => 1, 'zend.script_encoding' => 'nonsense', 'internal_encoding' => 'nonsense']],
    'browscap that is missing' => ['ini' => ['browscap' => tmp('missing.ini')]],
    'memory that is not there' => ['extensions' => ['opcache'], 'ini' => ['opcache.enable' => 1, 'opcache.memory_consumption' => 1 << 30]],
];
foreach ($cases as $label => $options) {
    $process = php('
        try {
            FfiZts::boot(' . var_export($options, true) . ')->runScript(script("echo \"ran\";"));
        } catch (FfiZts\BootException $e) {
            echo "exception";
        }
        echo ", alive\n";
        exit(3);');
    // Some are refused and some boot with a warning, as under php-cli; what counts is that the host goes on.
    $last = substr(strrchr("\n" . trim($process['out']), "\n"), 1);
    echo "$label: status {$process['status']}: ", preg_match('/(exception|ran)?, alive$/', $last, $m) ? $m[0] : $process['out'] . $process['err'], "\n";
}
?>
--EXPECTF--
preload that is missing: status 3: exception, alive
preload that fails: status 3: exception, alive
preload with a user: status 3: %r(exception|ran)%r, alive
ini file that is missing: status 3: exception, alive
ini file with errors: status 3: %r(exception|ran)%r, alive
encodings: status 3: %r(exception|ran)%r, alive
browscap that is missing: status 3: exception, alive
memory that is not there: status 3: %r(exception|ran)%r, alive
