<?php
// A small backend in PHP: what it refuses and how it dies is told in PHP's own words.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
switch ($path) {
    case '/health':
    case '/api/items':
        echo '{"ok":true}';
        break;
    case '/api/broken':
        $basket = [];
        echo $basket['items'];
        throw new RuntimeException('checkout failed');
    case '/api/call':
        $answer = file_get_contents('http://127.0.0.1:1/session');
        http_response_code(502);
        break;
    case '/api/slow':
        sleep(2);
        break;
    case '/ws/chat':
        if (isset($_SERVER['HTTP_UPGRADE'])) {
            error_log('WebSocket upgrade request ' . $path . ' origin=' . ($_SERVER['HTTP_ORIGIN'] ?? '-'));
        }
        http_response_code(400);
        echo 'no WebSocket here';
        break;
    case '/api/memory':
        ini_set('memory_limit', '4M');
        $all = str_repeat('x', 64 * 1024 * 1024);
        break;
    default:
        http_response_code(404);
}
