'use strict';

// co-wechat under Koa, as its README has it. Started as `node co_wechat.js OPTIONS`, where OPTIONS
// is JSON with the port, co-wechat's config, and the answer to every key.

const Koa = require('koa');
const wechat = require('co-wechat');

const options = JSON.parse(process.argv[2]);
const app = new Koa();

app.use(wechat(options.config).middleware(async (message) => options.answers[message.EventKey]));
app.listen(options.port, '127.0.0.1');
