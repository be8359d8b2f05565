--TEST--
Promise 9: options cannot loosen what the host restricts, also not by ini_file, prepend or with…()
--FILE--
<?php
require __DIR__ . '/../support.inc';

file_put_contents(tmp('loose.ini'), "open_basedir=\ndisable_functions=\ndisable_classes=\nmemory_limit=-1\nffi.enable=1\n");
$check = script('return [ini_get("open_basedir"), function_exists("shell_exec"), method_exists("SplTempFileObject", "fwrite"), ini_get("memory_limit")];');
$ini = ['open_basedir' => tmp() . ':' . dirname(__DIR__) . ':' . root() . ':' . sys_get_temp_dir(), 'disable_functions' => 'shell_exec', 'disable_classes' => 'SplTempFileObject', 'memory_limit' => '64M'];
foreach ([
    'plain' => '[]',
    'empty open_basedir' => '["ini" => ["open_basedir" => ""]]',
    'root' => '["ini" => ["open_basedir" => "/"]]',
    'wider' => '["ini" => ["open_basedir" => ini_get("open_basedir") . ":/etc"]]',
    'narrower' => '["ini" => ["open_basedir" => explode(":", ini_get("open_basedir"))[0]]]',
    'other functions' => '["ini" => ["disable_functions" => "system"]]',
    'no functions' => '["ini" => ["disable_functions" => ""]]',
    'no classes' => '["ini" => ["disable_classes" => ""]]',
    'ini file' => '["ini_file" => ' . var_export(tmp('loose.ini'), true) . ']',
] as $label => $options) {
    $process = php('
        try {
            [$base, $shell, $class] = FfiZts::boot(' . $options . ')->runScript(' . var_export($check, true) . ')->value;
            $host = explode(":", ini_get("open_basedir"));
            echo $base !== "" && !array_diff(explode(":", $base), $host) ? "confined" : "LOOSE: $base", " ", $shell || $class && disables_classes() ? "LOOSE" : "disabled";
        } catch (FfiZts\Exception $e) { echo get_class($e); }', $ini);
    // 8.5 has no disable_classes that one could loosen.
    $out = $label === 'no classes' && !disables_classes() ? strtr($process['out'], ['confined disabled' => 'FfiZts\PolicyException']) : $process['out'];
    echo "$label: ", trim($out), $process['status'] ? " status {$process['status']}" : '', "\n";
}
?>
--EXPECT--
plain: confined disabled
empty open_basedir: FfiZts\PolicyException
root: FfiZts\PolicyException
wider: FfiZts\PolicyException
narrower: confined disabled
other functions: confined disabled
no functions: FfiZts\PolicyException
no classes: FfiZts\PolicyException
ini file: FfiZts\PolicyException
