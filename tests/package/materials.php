<?php

/*
 * Looks at the list of materials of an unpacked bundle, and at the licence texts beside it.
 *
 *     php -n materials.php BUNDLE CRATES
 *
 * CRATES are those whose code is in the files, by their debug information, as `name-VERSION`, one a line. Prints what is wrong, a line each.
 */

declare(strict_types=1);

[, $bundle, $crates] = $argv;
$wrong = [];
$bom = json_decode(file_get_contents("$bundle/sbom.cdx.json"), true, 64, JSON_THROW_ON_ERROR);
if ([$bom['bomFormat'], $bom['specVersion'], $bom['version']] !== ['CycloneDX', '1.5', 1]) {
    $wrong[] = 'it is not CycloneDX 1.5';
}
if (preg_match('/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/D', $bom['serialNumber']) !== 1) {
    $wrong[] = "no serial number: {$bom['serialNumber']}";
}
$references = array_column($bom['components'], 'bom-ref');
if ($references !== array_unique($references)) {
    $wrong[] = 'a reference is there twice';
}
foreach ($bom['dependencies'] as $dependency) {
    foreach ([$dependency['ref'], ...$dependency['dependsOn']] as $reference) {
        if ($reference !== 'ffi_zts' && !in_array($reference, $references, true)) {
            $wrong[] = "a dependency on $reference, which is no component";
        }
    }
}
foreach ($bom['components'] as $component) {
    $directory = match (true) {
        $component['bom-ref'] === 'php' => 'php',
        $component['bom-ref'] === 'rust-std' => 'rust',
        str_starts_with($component['bom-ref'], 'php/') => $component['bom-ref'],
        default => "crates/{$component['name']}-{$component['version']}",
    };
    $texts = array_filter(glob("$bundle/LICENSES/$directory/*") ?: [], is_file(...));
    if ($texts === [] || max(array_map(filesize(...), $texts)) < 200) {
        $wrong[] = "{$component['name']} has no licence text in LICENSES/$directory";
    }
    if (($component['licenses'][0]['expression'] ?? $component['licenses'][0]['license']['name'] ?? '') === '') {
        $wrong[] = "{$component['name']} has no licence";
    }
}
$listed = array_map(static fn (array $component): string => "{$component['name']}-" . ($component['version'] ?? ''), $bom['components']);
$linked = array_filter(explode("\n", $crates));
foreach (array_diff($linked, $listed) as $crate) {
    $wrong[] = "$crate is linked and not listed";
}
if (count($linked) < 10) {
    $wrong[] = 'the debug information names hardly a crate';
}
foreach (['php', 'php/pcre2', 'php/timelib', 'php/zend-engine', 'rust-std'] as $reference) {
    if (!in_array($reference, $references, true)) {
        $wrong[] = "$reference is not listed";
    }
}
echo implode("\n", $wrong);
