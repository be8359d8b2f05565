<?php

// Parses a document whose entity is elsewhere, with a loader that replaces it. Returns what came, and a schema's verdict.
function expand(string $me, string $directory): string
{
    libxml_set_external_entity_loader(static function (?string $public, string $system, array $context) use ($me) {
        $stream = fopen('php://memory', 'w+');
        fwrite($stream, "$me: " . basename($system));
        rewind($stream);
        return $stream;
    });
    $dom = new DOMDocument();
    $dom->loadXML("<!DOCTYPE a [<!ENTITY e SYSTEM \"$directory/entity.txt\">]><a>&e;</a>", LIBXML_NOENT);
    $first = $dom->textContent;
    libxml_set_external_entity_loader(null);
    $dom->loadXML("<!DOCTYPE a [<!ENTITY e SYSTEM \"$directory/entity.txt\">]><a>&e;</a>", LIBXML_NOENT);
    libxml_use_internal_errors(true);
    (new DOMDocument())->loadXML("<$me");
    $errors = count(libxml_get_errors());
    libxml_clear_errors();
    libxml_use_internal_errors(false);
    return "$first, $dom->textContent, " . ($errors > 0 ? 'errors' : 'no errors');
}
