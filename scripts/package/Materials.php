<?php

declare(strict_types=1);

namespace FfiZts\Package;

/** What a bundle consists of: LICENSES/ and sbom.cdx.json. */
final class Materials
{
    /** Writes both into a staged bundle. */
    public static function write(string $root, Runtime $runtime, string $stage, string $id, string $version, int $time): void
    {
        $crates = new Crates($root);
        $components = [...(new PhpSource($runtime))->components(), ...$crates->components()];
        ksort($components, SORT_STRING);
        Files::write("$stage/LICENSES/ffi_zts/LICENSE", Files::read("$root/LICENSE"));
        foreach ($components as $component) {
            foreach ($component->texts as $path => $text) {
                Files::write("$stage/LICENSES/$path", $text);
            }
        }
        $direct = ['php', ...$crates->direct()];
        sort($direct, SORT_STRING);
        Files::writeJson("$stage/sbom.cdx.json", self::bom($components, $direct, $id, $version, $time));
    }

    /**
     * @param array<string, Component> $components
     * @param list<string>             $direct
     *
     * @return array<string, mixed>
     */
    private static function bom(array $components, array $direct, string $id, string $version, int $time): array
    {
        $dependencies = [['ref' => 'ffi_zts', 'dependsOn' => $direct]];
        foreach ($components as $component) {
            $dependsOn = $component->dependsOn;
            sort($dependsOn, SORT_STRING);
            $dependencies[] = ['ref' => $component->reference, 'dependsOn' => $dependsOn];
        }
        $list = array_map(static fn (Component $component): array => $component->json(), array_values($components));
        return [
            'bomFormat' => 'CycloneDX',
            'specVersion' => '1.5',
            'serialNumber' => 'urn:uuid:' . self::uuid(json_encode([$id, $version, $time, $list, $dependencies], JSON_THROW_ON_ERROR)),
            'version' => 1,
            'metadata' => [
                'timestamp' => gmdate('Y-m-d\TH:i:s\Z', $time),
                'component' => [
                    'type' => 'library',
                    'bom-ref' => 'ffi_zts',
                    'name' => 'ffi_zts',
                    'version' => $version,
                    'description' => "bundle $id",
                    'licenses' => [['expression' => 'MIT']],
                ],
            ],
            'components' => $list,
            'dependencies' => $dependencies,
        ];
    }

    /** One of RFC 9562's version 8, made of a text: the same materials have the same number. */
    private static function uuid(string $text): string
    {
        $bytes = substr(hash('sha256', $text, true), 0, 16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x80);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
        return preg_replace('/^(.{8})(.{4})(.{4})(.{4})(.{12})$/', '$1-$2-$3-$4-$5', bin2hex($bytes));
    }
}
