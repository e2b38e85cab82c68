"""Addresses of the demo site, the widget's files and the health checks."""

from __future__ import annotations

from django.urls import path

from bot.web.pages import embedding, files, health, views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("articles/", views.articles, name="articles"),
    path("articles", views.to_articles),
    path("articles/<slug:article_id>", views.article, name="article"),
    path("widget.js", files.loader, name="loader"),
    path("widget/<str:name>", files.widget, name="widget"),
    path("embed", embedding.embed, name="embed"),
    path("embedding", views.embedding_page, name="embedding"),
    path("static/<path:name>", files.static, name="static"),
    path("robots.txt", views.robots),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
]
