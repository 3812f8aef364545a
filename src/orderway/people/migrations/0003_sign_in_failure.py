from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_api_tokens")]

    operations = [
        migrations.CreateModel(
            name="SignInFailure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "sign_in_failure",
                "indexes": [models.Index(fields=["who", "at"], name="sign_in_failure_who")],
            },
        ),
    ]
