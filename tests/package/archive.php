<?php

/*
 * Reads a bundle byte by byte, as an installer would, and compares it with its own bundle.json.
 *
 *     php -n archive.php ARCHIVE DATE
 *
 * Prints what is wrong, a line each; nothing when all is well.
 */

declare(strict_types=1);

[, $archive, $date] = $argv;
$wrong = [];
$expect = static function (bool $holds, string $message) use (&$wrong): void {
    if (!$holds) {
        $wrong[] = $message;
    }
};

$bytes = file_get_contents($archive);
// No name and no time in gzip's header.
$expect(substr($bytes, 0, 8) === "\x1f\x8b\x08\x00\0\0\0\0", 'the header of gzip has flags or a time: ' . bin2hex(substr($bytes, 0, 10)));
$tar = gzdecode($bytes);
$members = [];
for ($offset = 0; $offset + 512 <= strlen($tar); $offset += 512 + (int) (ceil($size / 512) * 512)) {
    $header = substr($tar, $offset, 512);
    if (trim($header, "\0") === '') {
        break;
    }
    $field = static fn (int $at, int $length): string => rtrim(substr($header, $at, $length), "\0 ");
    $name = ($field(345, 155) === '' ? '' : $field(345, 155) . '/') . $field(0, 100);
    $size = octdec($field(124, 12));
    $expect(substr($header, 257, 8) === "ustar\00000", "$name is not ustar");
    $expect(octdec($field(108, 8)) === 0 && octdec($field(116, 8)) === 0 && $field(265, 64) === '', "$name has an owner");
    $expect(octdec($field(136, 12)) === (int) $date, "$name has the time " . octdec($field(136, 12)));
    $expect(in_array($header[156], ['0', '5'], true), "$name is of type {$header[156]}");
    $expect(!isset($members[$name]), "$name is there twice");
    $members[$name] = ['type' => $header[156], 'mode' => sprintf('%04o', octdec($field(100, 8))), 'content' => substr($tar, $offset + 512, $size)];
}

$names = array_keys($members);
$expect($names[0] === 'bundle.json', "the first member is $names[0]");
$sorted = array_slice($names, 1);
usort($sorted, static fn (string $one, string $other): int => strcmp(strtr($one, '/', "\1"), strtr($other, '/', "\1")));
$expect($sorted === array_slice($names, 1), 'the members are not sorted');

$bundle = json_decode($members['bundle.json']['content'], true, 32, JSON_THROW_ON_ERROR);
unset($members['bundle.json']);
foreach ($members as $name => $member) {
    if ($member['type'] === '5') {
        $expect($member['mode'] === '0755', "$name has the mode {$member['mode']}");
        continue;
    }
    $said = $bundle['files'][$name] ?? null;
    unset($bundle['files'][$name]);
    $is = ['sha256' => hash('sha256', $member['content']), 'size' => strlen($member['content']), 'mode' => $member['mode']];
    $expect($said === $is, "$name is " . json_encode($is) . ', bundle.json says ' . json_encode($said));
    $expect($member['mode'] === '0644', "$name has the mode {$member['mode']}");
}
$expect($bundle['files'] === [], 'bundle.json names what is not there: ' . implode(' ', array_keys($bundle['files'])));
$expect(basename($archive) === "ffi_zts-{$bundle['version']}-{$bundle['id']}.tar.gz", "the archive is not called after bundle {$bundle['id']}");
$id = "host{$bundle['host']['minor']}-guest{$bundle['guest']['minor']}-linux-{$bundle['arch']}-{$bundle['libc']}";
$expect($bundle['id'] === $id, "the id is {$bundle['id']}, its parts say $id");
$expect(preg_match('/^[0-9a-f]{64}$/D', $bundle['source']) === 1, 'the hash of the sources is none');
echo implode("\n", $wrong);
