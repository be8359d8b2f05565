<?php

declare(strict_types=1);

/** Makes an arena, which everybody may read and write: php prepare.php DIRECTORY EXTENSION (threads.so; empty where there is none) */

require __DIR__ . '/load.php';

[, $directory, $extension] = $argv;
umask(0);
foreach (['/in', '/in/own', '/in/late', '/out', '/out/made', '/out/victims', '/out/victims.d', '/out/victims.d/rmdir', '/out/alike', '/out/scan', '/inside', '/trusted'] as $name) {
    mkdir($directory . $name);
}
$mark = Arena::MARK;
$code = "<?php return '$mark';";
openssl_pkey_export(openssl_pkey_new(['private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => 'prime256v1']), $key);
$files = [
    'in/allowed' => 'allowed', 'in/allowed.php' => '<?php return "allowed";', 'in/allowed.h' => 'int getpid(void);', 'in/key.pem' => $key,
    'in/loose.ini' => "open_basedir=\ndisable_functions=\ndisable_classes=\nmemory_limit=-1\nallow_url_fopen=1\nffi.enable=1\nuser_agent=$mark\n",
    'in/functions.php' => '<?php function inside() { return "allowed"; }',
    'in/ran.php' => "<?php \$GLOBALS['ran'] = '$mark'; if (!function_exists('ran')) { function ran() { return '$mark'; } }",
    'in/guard.php' => '<?php $GLOBALS["guard"] = true;', 'inside/secret' => $mark, 'out/alike/secret' => $mark, 'out/secret' => $code, 'out/secret.php' => $code, 'out/other.php' => '<?php return 1;',
    'out/outside.php' => '<?php class Outside {}', 'out/function.php' => "<?php function outside() { return '$mark'; }",
    'out/leak.php' => "<?php \$GLOBALS['leak'] = '$mark';", 'out/says.php' => "<?php echo '$mark';", 'out/secret.ini' => "text=$mark\n", 'out/user.ini' => "user_agent=$mark\n", 'out/scan/a.ini' => "user_agent=$mark\n",
    'out/magic' => "0 string FFIZTS $mark\n", 'out/image.gif' => "GIF89a\1\0\1\0\0\0\0;", 'out/key.pem' => $key,
    'out/secret.html' => "<html><head><meta name=\"author\" content=\"$mark\"></head><body>$mark</body></html>",
    'out/secret.xml' => "<x>$mark</x>", 'out/secret.dtd' => "<!ENTITY outside '$mark'>",
    'out/secret.xsd' => '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="x"/></xs:schema>',
    'out/secret.rng' => '<element name="x" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>',
    'out/x.h' => "#define FFI_SCOPE \"X\"\nint getpid(void);\n", 'out/cookies' => "127.0.0.1\tFALSE\t/\tFALSE\t0\ttext\t$mark\n", 'out/browscap.ini' => "[*]\nbrowser=$mark\n",
];
foreach ($files as $name => $text) {
    file_put_contents("$directory/$name", $text);
}
foreach (array_keys(Vectors::all()) as $name) {
    file_put_contents("$directory/out/victims/" . Arena::slug($name), $code);
}
foreach (['in/link' => 'out/secret', 'in/link.php' => 'out/secret.php', 'in/directory' => 'out', 'in/hanging' => 'out/made/hanging', 'out/link' => 'out/secret'] as $name => $target) {
    symlink("$directory/$target", "$directory/$name");
}
foreach (['in/allowed.db' => 'allowed', 'out/secret.db' => $mark] as $name => $text) {
    $database = new PDO("sqlite:$directory/$name");
    $database->exec("create table t (text); insert into t values ('$text')");
}
foreach (['in/allowed.tar' => 'allowed', 'out/secret.tar' => $mark] as $name => $text) {
    (new PharData("$directory/$name"))->addFromString('inner', $text);
}
$archive = new Phar("$directory/in/allowed.phar");
$archive->addFromString('inner.php', '<?php return "allowed";');
$archive = new Phar("$directory/out/secret.phar");
$archive->addFromString('inner', $mark);
$archive->addFromString('inner.php', $code);
unset($archive, $database);
file_put_contents("$directory/trusted/sendmail", "#!/bin/sh\nexec cat >/dev/null\n");
chmod("$directory/trusted/sendmail", 0755);
if ($extension !== '') {
    copy($extension, "$directory/trusted/threads.so");
    copy($extension, "$directory/out/threads.so");
}
exec('chmod -R a+rwX ' . escapeshellarg("$directory/in") . ' ' . escapeshellarg("$directory/out"));
// Native code is taken from where nobody but its owner can write.
exec('chmod -R u=rwX,go=rX ' . escapeshellarg("$directory/trusted"));
chmod($directory, 0755);
